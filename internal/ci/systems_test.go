package ci

import (
	"strings"
	"testing"
)

// environment is what a job of a system sees, as its documentation describes it.
func environment(pairs ...string) func(string) string {
	values := map[string]string{}
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		values[name] = value
	}
	return func(name string) string { return values[name] }
}

const sha = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"

type jobTest struct {
	name string
	env  []string
	want Defaults
}

func github(pairs ...string) []string {
	return append(pairs, "GITHUB_ACTIONS=true", "GITHUB_SERVER_URL=https://github.com", "GITHUB_REPOSITORY=acme/shop",
		"GITHUB_WORKFLOW=Deploy", "GITHUB_RUN_ID=9001", "GITHUB_RUN_NUMBER=42", "GITHUB_RUN_ATTEMPT=3", "GITHUB_SHA="+sha,
		"GITHUB_ACTOR=jsmith", "GITHUB_TRIGGERING_ACTOR=someone-else")
}

func actionsWant(system, page, pageVariable string) Defaults {
	from := func(names string) string { return system + " (" + names + ")" }
	return Defaults{
		System:      system,
		Application: Value{system + ": acme/shop Deploy", from("GITHUB_REPOSITORY, GITHUB_WORKFLOW")},
		Description: Value{"Deployed by acme/shop Deploy #42 (1a2b3c4d5e6f)", from("GITHUB_REPOSITORY, GITHUB_WORKFLOW, GITHUB_RUN_NUMBER, GITHUB_SHA")},
		URL:         Value{page, from("GITHUB_SERVER_URL, GITHUB_REPOSITORY, " + pageVariable)},
		UserName:    Value{"jsmith", from("GITHUB_ACTOR")},
	}
}

func jobs() []jobTest {
	return []jobTest{
		{"GitHub", github(), actionsWant("GitHub Actions", "https://github.com/acme/shop/actions/runs/9001", "GITHUB_RUN_ID")},
		{"Gitea", append(github("GITEA_ACTIONS=true"), "GITHUB_SERVER_URL=https://git.corp.local/"),
			actionsWant("Gitea Actions", "https://git.corp.local/acme/shop/actions/runs/42", "GITHUB_RUN_NUMBER")},
		{"Forgejo", append(github("GITEA_ACTIONS=true", "FORGEJO_ACTIONS=true"), "GITHUB_SERVER_URL=https://codeberg.org"),
			actionsWant("Forgejo Actions", "https://codeberg.org/acme/shop/actions/runs/42", "GITHUB_RUN_NUMBER")},
		{"GitLab", []string{"CI=true", "GITLAB_CI=true", "CI_PROJECT_PATH=acme/web/shop", "CI_PIPELINE_IID=42", "CI_PIPELINE_ID=9001",
			"CI_COMMIT_SHA=" + sha, "CI_PIPELINE_URL=https://gitlab.com/acme/web/shop/-/pipelines/9001", "GITLAB_USER_LOGIN=jsmith",
			"CI_JOB_URL=https://gitlab.com/acme/web/shop/-/jobs/5"}, Defaults{
			System:      "GitLab CI",
			Application: Value{"GitLab CI: acme/web/shop", "GitLab CI (CI_PROJECT_PATH)"},
			Description: Value{"Deployed by acme/web/shop #42 (1a2b3c4d5e6f)", "GitLab CI (CI_PROJECT_PATH, CI_PIPELINE_IID, CI_COMMIT_SHA)"},
			URL:         Value{"https://gitlab.com/acme/web/shop/-/pipelines/9001", "GitLab CI (CI_PIPELINE_URL)"},
			UserName:    Value{"jsmith", "GitLab CI (GITLAB_USER_LOGIN)"},
		}},
		{"Azure", []string{"TF_BUILD=True", "SYSTEM_COLLECTIONURI=https://dev.azure.com/acme/", "SYSTEM_TEAMPROJECT=Web Shop", "SYSTEM_JOBATTEMPT=2",
			"BUILD_DEFINITIONNAME=deploy", "BUILD_BUILDNUMBER=20261121.1", "BUILD_BUILDID=77", "BUILD_SOURCEVERSION=" + sha,
			"BUILD_REQUESTEDFOR=Jane Smith", "BUILD_REQUESTEDFOREMAIL=jane@acme.example"}, Defaults{
			System:      "Azure Pipelines",
			Application: Value{"Azure Pipelines: Web Shop/deploy", "Azure Pipelines (SYSTEM_TEAMPROJECT, BUILD_DEFINITIONNAME)"},
			Description: Value{"Deployed by Web Shop/deploy #20261121.1 (1a2b3c4d5e6f)",
				"Azure Pipelines (SYSTEM_TEAMPROJECT, BUILD_DEFINITIONNAME, BUILD_BUILDNUMBER, BUILD_SOURCEVERSION)"},
			URL: Value{"https://dev.azure.com/acme/Web%20Shop/_build/results?buildId=77",
				"Azure Pipelines (SYSTEM_COLLECTIONURI, SYSTEM_TEAMPROJECT, BUILD_BUILDID)"},
			UserName: Value{"Jane Smith", "Azure Pipelines (BUILD_REQUESTEDFOR)"},
		}},
		{"Azure release", []string{"TF_BUILD=True", "SYSTEM_TEAMPROJECT=Shop", "RELEASE_DEFINITIONNAME=to prod", "RELEASE_RELEASENAME=Release-7",
			"RELEASE_ATTEMPTNUMBER=2", "RELEASE_RELEASEWEBURL=https://dev.azure.com/acme/Shop/_release?releaseId=7&_a=release-summary",
			"RELEASE_REQUESTEDFOR=Jane"}, Defaults{
			System:      "Azure Pipelines",
			Application: Value{"Azure Pipelines: Shop/to prod", "Azure Pipelines (SYSTEM_TEAMPROJECT, RELEASE_DEFINITIONNAME)"},
			Description: Value{"Deployed by Shop/to prod #Release-7", "Azure Pipelines (SYSTEM_TEAMPROJECT, RELEASE_DEFINITIONNAME, RELEASE_RELEASENAME)"},
			URL:         Value{"https://dev.azure.com/acme/Shop/_release?releaseId=7&_a=release-summary", "Azure Pipelines (RELEASE_RELEASEWEBURL)"},
			UserName:    Value{"Jane", "Azure Pipelines (RELEASE_REQUESTEDFOR)"},
		}},
		{"Woodpecker", []string{"CI=woodpecker", "DRONE=true", "CI_REPO=acme/shop", "CI_PIPELINE_NUMBER=42", "CI_COMMIT_SHA=" + sha,
			"CI_PIPELINE_URL=https://ci.acme.example/repos/7/pipeline/42", "CI_COMMIT_AUTHOR=author", "CI_PIPELINE_AUTHOR=author"}, Defaults{
			System:      "Woodpecker",
			Application: Value{"Woodpecker: acme/shop", "Woodpecker (CI_REPO)"},
			Description: Value{"Deployed by acme/shop #42 (1a2b3c4d5e6f)", "Woodpecker (CI_REPO, CI_PIPELINE_NUMBER, CI_COMMIT_SHA)"},
			URL:         Value{"https://ci.acme.example/repos/7/pipeline/42", "Woodpecker (CI_PIPELINE_URL)"},
		}},
		{"Drone", []string{"CI=true", "DRONE=true", "DRONE_REPO=acme/shop", "DRONE_BUILD_NUMBER=42", "DRONE_COMMIT_SHA=" + sha,
			"DRONE_BUILD_LINK=https://drone.acme.example/acme/shop/42", "DRONE_COMMIT_AUTHOR=author"}, Defaults{
			System:      "Drone",
			Application: Value{"Drone: acme/shop", "Drone (DRONE_REPO)"},
			Description: Value{"Deployed by acme/shop #42 (1a2b3c4d5e6f)", "Drone (DRONE_REPO, DRONE_BUILD_NUMBER, DRONE_COMMIT_SHA)"},
			URL:         Value{"https://drone.acme.example/acme/shop/42", "Drone (DRONE_BUILD_LINK)"},
		}},
		{"Bitbucket", []string{"CI=true", "BITBUCKET_BUILD_NUMBER=42", "BITBUCKET_REPO_FULL_NAME=acme/shop", "BITBUCKET_COMMIT=" + sha,
			"BITBUCKET_STEP_TRIGGERER_UUID={a-b-c}", "BITBUCKET_STEP_RUN_NUMBER=2"}, Defaults{
			System:      "Bitbucket Pipelines",
			Application: Value{"Bitbucket Pipelines: acme/shop", "Bitbucket Pipelines (BITBUCKET_REPO_FULL_NAME)"},
			Description: Value{"Deployed by acme/shop #42 (1a2b3c4d5e6f)",
				"Bitbucket Pipelines (BITBUCKET_REPO_FULL_NAME, BITBUCKET_BUILD_NUMBER, BITBUCKET_COMMIT)"},
			URL: Value{"https://bitbucket.org/acme/shop/pipelines/results/42", "Bitbucket Pipelines (BITBUCKET_REPO_FULL_NAME, BITBUCKET_BUILD_NUMBER)"},
		}},
		{"CircleCI", []string{"CI=true", "CIRCLECI=true", "CIRCLE_PROJECT_USERNAME=acme", "CIRCLE_PROJECT_REPONAME=shop", "CIRCLE_SHA1=" + sha,
			"CIRCLE_BUILD_NUM=1234", "CIRCLE_BUILD_URL=https://circleci.com/gh/acme/shop/1234", "CIRCLE_WORKFLOW_ID=476fa7ff-7534",
			"CIRCLE_USERNAME=jsmith"}, Defaults{
			System:      "CircleCI",
			Application: Value{"CircleCI: acme/shop", "CircleCI (CIRCLE_PROJECT_USERNAME, CIRCLE_PROJECT_REPONAME)"},
			Description: Value{"Deployed by acme/shop (1a2b3c4d5e6f)", "CircleCI (CIRCLE_PROJECT_USERNAME, CIRCLE_PROJECT_REPONAME, CIRCLE_SHA1)"},
			URL:         Value{"https://app.circleci.com/pipelines/workflows/476fa7ff-7534", "CircleCI (CIRCLE_WORKFLOW_ID)"},
			UserName:    Value{"jsmith", "CircleCI (CIRCLE_USERNAME)"},
		}},
		{"Buildkite", []string{"CI=true", "BUILDKITE=true", "BUILDKITE_ORGANIZATION_SLUG=acme", "BUILDKITE_PIPELINE_SLUG=shop", "BUILDKITE_BUILD_NUMBER=42",
			"BUILDKITE_BUILD_URL=https://buildkite.com/acme/shop/builds/42", "BUILDKITE_COMMIT=" + sha, "BUILDKITE_BUILD_CREATOR=Jane Smith",
			"BUILDKITE_RETRY_COUNT=1"}, Defaults{
			System:      "Buildkite",
			Application: Value{"Buildkite: acme/shop", "Buildkite (BUILDKITE_ORGANIZATION_SLUG, BUILDKITE_PIPELINE_SLUG)"},
			Description: Value{"Deployed by acme/shop #42 (1a2b3c4d5e6f)",
				"Buildkite (BUILDKITE_ORGANIZATION_SLUG, BUILDKITE_PIPELINE_SLUG, BUILDKITE_BUILD_NUMBER, BUILDKITE_COMMIT)"},
			URL:      Value{"https://buildkite.com/acme/shop/builds/42", "Buildkite (BUILDKITE_BUILD_URL)"},
			UserName: Value{"Jane Smith", "Buildkite (BUILDKITE_BUILD_CREATOR)"},
		}},
		{"Travis", []string{"CI=true", "TRAVIS=true", "TRAVIS_REPO_SLUG=acme/shop", "TRAVIS_BUILD_NUMBER=42", "TRAVIS_COMMIT=" + sha,
			"TRAVIS_BUILD_WEB_URL=https://app.travis-ci.com/acme/shop/builds/9", "TRAVIS_JOB_WEB_URL=https://app.travis-ci.com/acme/shop/jobs/1"}, Defaults{
			System:      "Travis CI",
			Application: Value{"Travis CI: acme/shop", "Travis CI (TRAVIS_REPO_SLUG)"},
			Description: Value{"Deployed by acme/shop #42 (1a2b3c4d5e6f)", "Travis CI (TRAVIS_REPO_SLUG, TRAVIS_BUILD_NUMBER, TRAVIS_COMMIT)"},
			URL:         Value{"https://app.travis-ci.com/acme/shop/builds/9", "Travis CI (TRAVIS_BUILD_WEB_URL)"},
		}},
		{"AppVeyor", []string{"CI=True", "APPVEYOR=True", "APPVEYOR_URL=https://ci.appveyor.com", "APPVEYOR_ACCOUNT_NAME=acme", "APPVEYOR_PROJECT_SLUG=shop",
			"APPVEYOR_BUILD_ID=9001", "APPVEYOR_BUILD_NUMBER=42", "APPVEYOR_REPO_COMMIT=" + sha, "APPVEYOR_REPO_COMMIT_AUTHOR=author"}, Defaults{
			System:      "AppVeyor",
			Application: Value{"AppVeyor: acme/shop", "AppVeyor (APPVEYOR_ACCOUNT_NAME, APPVEYOR_PROJECT_SLUG)"},
			Description: Value{"Deployed by acme/shop #42 (1a2b3c4d5e6f)",
				"AppVeyor (APPVEYOR_ACCOUNT_NAME, APPVEYOR_PROJECT_SLUG, APPVEYOR_BUILD_NUMBER, APPVEYOR_REPO_COMMIT)"},
			URL: Value{"https://ci.appveyor.com/project/acme/shop/builds/9001",
				"AppVeyor (APPVEYOR_URL, APPVEYOR_ACCOUNT_NAME, APPVEYOR_PROJECT_SLUG, APPVEYOR_BUILD_ID)"},
		}},
		{"TeamCity", []string{"TEAMCITY_VERSION=2025.07", "TEAMCITY_PROJECT_NAME=Shop", "TEAMCITY_BUILDCONF_NAME=Deploy to test", "BUILD_NUMBER=42",
			"BUILD_VCS_NUMBER=" + sha, "BUILD_URL=https://tc.acme.example/buildConfiguration/Shop_Deploy/9001?guest=1&token=secret"}, Defaults{
			System:      "TeamCity",
			Application: Value{"TeamCity: Shop/Deploy to test", "TeamCity (TEAMCITY_PROJECT_NAME, TEAMCITY_BUILDCONF_NAME)"},
			Description: Value{"Deployed by Shop/Deploy to test #42 (1a2b3c4d5e6f)",
				"TeamCity (TEAMCITY_PROJECT_NAME, TEAMCITY_BUILDCONF_NAME, BUILD_NUMBER, BUILD_VCS_NUMBER)"},
			URL: Value{"https://tc.acme.example/buildConfiguration/Shop_Deploy/9001", "TeamCity (BUILD_URL)"},
		}},
		{"Jenkins", []string{"JENKINS_URL=https://ci.acme.example/", "JOB_NAME=team/shop/main", "BUILD_NUMBER=42", "GIT_COMMIT=" + sha,
			"BUILD_URL=https://robot:secret@ci.acme.example/job/team/job/shop/42/", "BUILD_TAG=jenkins-team-shop-main-42", "BUILD_USER_ID=jsmith"}, Defaults{
			System:      "Jenkins",
			Application: Value{"Jenkins: team/shop/main", "Jenkins (JOB_NAME)"},
			Description: Value{"Deployed by team/shop/main #42 (1a2b3c4d5e6f)", "Jenkins (JOB_NAME, BUILD_NUMBER, GIT_COMMIT)"},
			URL:         Value{"https://ci.acme.example/job/team/job/shop/42/", "Jenkins (BUILD_URL)"},
			UserName:    Value{"jsmith", "Jenkins (BUILD_USER_ID)"},
		}},
		{"Jenkins without an address", []string{"JOB_NAME=shop", "BUILD_NUMBER=42", "BUILD_TAG=jenkins-shop-42"}, Defaults{
			System:      "Jenkins",
			Application: Value{"Jenkins: shop", "Jenkins (JOB_NAME)"},
			Description: Value{"Deployed by shop #42", "Jenkins (JOB_NAME, BUILD_NUMBER)"},
		}},
		{"CodeBuild", []string{"CODEBUILD_BUILD_ID=shop-deploy:b1e66661-f4f2", "CODEBUILD_BUILD_NUMBER=42", "CODEBUILD_RESOLVED_SOURCE_VERSION=" + sha,
			"CODEBUILD_BUILD_URL=https://eu-west-1.console.aws.amazon.com/codebuild/home?region=eu-west-1#/builds/shop-deploy:b1e66661-f4f2/view/new",
			"CODEBUILD_INITIATOR=jsmith"}, Defaults{
			System:      "AWS CodeBuild",
			Application: Value{"AWS CodeBuild: shop-deploy", "AWS CodeBuild (CODEBUILD_BUILD_ID)"},
			Description: Value{"Deployed by shop-deploy #42 (1a2b3c4d5e6f)",
				"AWS CodeBuild (CODEBUILD_BUILD_ID, CODEBUILD_BUILD_NUMBER, CODEBUILD_RESOLVED_SOURCE_VERSION)"},
			URL: Value{"https://eu-west-1.console.aws.amazon.com/codebuild/home?region=eu-west-1#/builds/shop-deploy:b1e66661-f4f2/view/new",
				"AWS CodeBuild (CODEBUILD_BUILD_URL)"},
			UserName: Value{"jsmith", "AWS CodeBuild (CODEBUILD_INITIATOR)"},
		}},
	}
}

func TestDetect(t *testing.T) {
	t.Parallel()
	for _, test := range jobs() {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, ok := Detect(environment(test.env...))
			if !ok || got != test.want {
				t.Errorf("got %v\n%+v, want\n%+v", ok, got, test.want)
			}
		})
	}
}

// TestEverySystemIsTried makes a new row fail until it has a test of its own.
func TestEverySystemIsTried(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, test := range jobs() {
		tried[test.want.System] = true
	}
	for _, s := range systems() {
		if !tried[s.name] {
			t.Errorf("%s has no test", s.name)
		}
	}
}

func TestInnerSystemWins(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		env  []string
		want string
	}{
		{"GitHub's runner in CodeBuild", github("CODEBUILD_BUILD_ID=runner:1"), "GitHub Actions"},
		{"a Buildkite job on a Jenkins agent", []string{"JENKINS_URL=https://ci", "BUILDKITE=true"}, "Buildkite"},
		{"GitLab's runner on a TeamCity agent", []string{"TEAMCITY_VERSION=1", "GITLAB_CI=true"}, "GitLab CI"},
		{"marks that say no", []string{"GITHUB_ACTIONS=false", "TF_BUILD=", "TRAVIS= ", "JENKINS_URL=https://ci"}, "Jenkins"},
		{"a build tag of something else", []string{"BUILD_TAG=v1.2.3"}, ""},
		{"a workstation", nil, ""},
	}
	for _, test := range tests {
		got, ok := Detect(environment(test.env...))
		if got.System != test.want || ok != (test.want != "") {
			t.Errorf("%s: %q, %v, want %q", test.name, got.System, ok, test.want)
		}
	}
}

func TestWhatIsNotSetIsLeftOut(t *testing.T) {
	t.Parallel()
	got, _ := Detect(environment("GITLAB_CI=true", "CI_PROJECT_PATH=  ", "CI_PIPELINE_URL=javascript:alert(1)"))
	want := Defaults{
		System: "GitLab CI", Application: Value{"GitLab CI", "GitLab CI"}, Description: Value{"Deployed by GitLab CI", "GitLab CI"},
	}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	got, _ = Detect(environment("CODEBUILD_BUILD_ID=p:1", "CODEBUILD_INITIATOR=codepipeline/release"))
	if got.UserName != (Value{}) {
		t.Errorf("a pipeline is a user: %+v", got.UserName)
	}
}
