// openapi.js FILE: what the validator of OpenAPI documents has to say of one,
// a line each; its modules lie where NODE_PATH says.
'use strict';
const core = require('@redocly/openapi-core');

async function main() {
	const config = await core.createConfig({
		extends: ['recommended-strict'],
		rules: {
			'info-license': 'off',
			'tag-description': 'off',
			'no-ambiguous-paths': 'off',	// names go before {id}
		},
	});
	const found = await core.lint({ ref: process.argv[2], config });

	for (const p of found)
		console.log(`${p.ruleId}: ${p.message} ` +
		    `(${p.location.map((l) => l.pointer).join(' ')})`);
}

main().catch((e) => {
	console.log(e.message);
	process.exitCode = 1;
});
