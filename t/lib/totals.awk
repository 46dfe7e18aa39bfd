# What the lines of PF_TOTALS come to: points, lost, different.  Fewer points
# than a full sweep has are a failure, so that none passes that does nothing;
# so is a line without any, and all that was lost or ended differently.
BEGIN {
	least["kills"] = 3000
	least["kills of the recovery"] = 3000
	least["errors"] = 5000
	least["allocations"] = 1500
}
{
	n = NF
	while ($n !~ /^[0-9]+$/)
		n--
	while (n > 3 && $(n - 3) ~ /^[0-9]+$/)
		n--
	what = "errors"
	if ($1 == "kill")
		what = "kills"
	if ($1 == "chain")
		what = "kills of the recovery"
	if ($1 == "no")
		what = "allocations"
	points[what] += $(n - 2)
	lost[what] += $(n - 1)
	wrong[what] += $n
	if ($(n - 2) == 0 || $(n - 1) + $n > 0) {
		print "failed: " $0
		bad = 1
	}
}
END {
	for (what in least) {
		few = points[what] < least[what]
		printf "%-22s %7d points%s, %d lost, %d different\n", what,
		    points[what], few ? " of at least " least[what] : "",
		    lost[what], wrong[what]
		bad += few
	}
	exit bad > 0
}
