// One contender in one case of one scenario, in a process of its own. Started by bench.mjs; prints what it measured.
const [scenarioName, contenderName, parameters] = process.argv.slice(2);
const scenario = await import(`./scenarios/${scenarioName}.mjs`);
const contender = await import(`./contenders/${contenderName}.mjs`);
const measured = await scenario.run(contender, JSON.parse(parameters));
process.stdout.write(JSON.stringify(measured), () => process.exit(0));
