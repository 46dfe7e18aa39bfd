# What the lines of PF_TOTALS come to: points, lost, different.
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
}
END {
	for (what in points)
		printf "%-22s %7d points, %d lost, %d different\n", what,
		    points[what], lost[what], wrong[what]
}
