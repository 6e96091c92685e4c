// Every call of circleci-api, against a server that has build 1 of acme/web with an artifact and a test.
const assert = require("node:assert");
const { CircleCI, GitType } = require("circleci-api");

const circleHost = `${process.env.RONDO_URL}/api/v1.1`;
const vcs = { type: GitType.GITHUB, owner: "acme", repo: "web" };
const api = new CircleCI({ token: process.env.RONDO_TOKEN, vcs, circleHost });

async function refused(status, code, call) {
  await assert.rejects(call, (error) => {
    assert.equal(error.response.status, status);
    assert.equal(error.response.data.code, code);
    return true;
  });
}

async function main() {
  assert.equal((await api.me()).login, "mika");
  assert.equal((await api.followProject({ vcs })).following, true);
  assert.equal((await api.projects())[0].reponame, "web");
  assert.ok((await api.recentBuilds({ limit: 1 })).length);
  assert.ok((await api.builds({ limit: 1 })).length);
  assert.ok((await api.buildsFor("main", { filter: "successful" })).length);
  assert.equal((await api.build(1)).outcome, "success");
  assert.equal((await api.artifacts(1))[0].path, "kept.txt");
  assert.equal((await api.latestArtifacts({ branch: "main", filter: "successful" }))[0].path, "kept.txt");
  assert.equal((await api.getTestMetadata(1)).tests[0].result, "success");
  const again = await api.retry(1);
  assert.equal(again.retry_of, 1);
  assert.equal((await api.cancel(again.build_num)).build_num, again.build_num);
  assert.equal((await api.triggerBuild()).why, "api");
  const newBuildOptions = { build_parameters: { COLOUR: "red" } };
  const made = await api.triggerBuildFor("main", { newBuildOptions });
  assert.equal(made.branch, "main");
  assert.equal((await api.addEnvVar({ name: "COLOUR", value: "crimson-red" })).value, "xxxx-red");
  assert.equal((await api.listEnvVars()).length, 1);
  assert.equal((await api.getEnvVar("COLOUR")).name, "COLOUR");
  assert.equal((await api.deleteEnvVar("COLOUR")).message, "ok");
  const key = await api.addCheckoutKey("deploy-key");
  assert.ok((await api.listCheckoutKeys()).some((own) => own.fingerprint === key.fingerprint));
  assert.equal((await api.getCheckoutKey(key.fingerprint)).fingerprint, key.fingerprint);
  assert.equal((await api.deleteCheckoutKey(key.fingerprint)).message, "ok");
  await refused(400, "not_supported", () => api.clearCache());
  await refused(400, "not_supported", () => api.addHerokuKey({ apikey: "0000" }));
  await refused(400, "invalid", () => api.addSSHKey({ hostname: "git.example", private_key: "not a key" }));
  console.log("every call was made");
}

main().catch((error) => {
  console.error(error.response ? `${error.response.status} ${JSON.stringify(error.response.data)}` : error);
  console.error(error.stack);
  process.exit(1);
});
