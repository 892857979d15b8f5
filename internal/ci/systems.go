package ci

// system is a row of the table. Templates are texts with variables in braces, {NAME:} for what comes before a colon; of
// several, the first whose variables are all set counts.
type system struct {
	name     string
	detect   mark
	pipeline []string // what runs: repository and workflow, or the job's name
	run      []string // the number of the run
	commit   []string
	page     []string // address of the run's page, not of a job or an attempt
	user     []string // who started it; none where only a UUID or the author of a commit is known
	noUser   string   // a user that holds this is none; "" for no such rule
	annotate annotation
}

// mark is the variable by which a system is known, and what it holds; "" stands for anything, "jenkins-*" for a prefix.
type mark struct{ variable, value string }

// systems is the table, inner systems first: runners for GitHub's format set GitHub's variables too, Woodpecker set
// Drone's, Jenkins and TeamCity agents leave their variables to whatever is started on their machines, and CodeBuild hosts
// the runners of others.
func systems() []system { return append(forges(), agents()...) }

// forges is the first half of the table: systems that are what a job runs in.
func forges() []system {
	return []system{
		// https://forgejo.org/docs/latest/user/actions/reference
		actions("Forgejo Actions", "FORGEJO_ACTIONS", "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_NUMBER}"),
		// https://docs.gitea.com/usage/actions/actions-variables
		actions("Gitea Actions", "GITEA_ACTIONS", "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_NUMBER}"),
		// https://docs.github.com/en/actions/reference/workflows-and-actions/variables
		actions("GitHub Actions", "GITHUB_ACTIONS", "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}"),
		{ // https://docs.gitlab.com/ci/variables/predefined_variables
			name: "GitLab CI", detect: mark{"GITLAB_CI", ""},
			pipeline: []string{"{CI_PROJECT_PATH}"}, run: []string{"{CI_PIPELINE_IID}", "{CI_PIPELINE_ID}"}, commit: []string{"{CI_COMMIT_SHA}"},
			page: []string{"{CI_PIPELINE_URL}"}, user: []string{"{GITLAB_USER_LOGIN}"},
		},
		{ // https://learn.microsoft.com/azure/devops/pipelines/build/variables and …/pipelines/release/variables
			name: "Azure Pipelines", detect: mark{"TF_BUILD", ""}, annotate: azureAnnotation,
			pipeline: []string{"{SYSTEM_TEAMPROJECT}/{RELEASE_DEFINITIONNAME}", "{SYSTEM_TEAMPROJECT}/{BUILD_DEFINITIONNAME}"},
			run:      []string{"{RELEASE_RELEASENAME}", "{BUILD_BUILDNUMBER}"}, commit: []string{"{BUILD_SOURCEVERSION}"},
			page: []string{
				"{RELEASE_RELEASEWEBURL}", "{SYSTEM_COLLECTIONURI}/{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",
				"{SYSTEM_TEAMFOUNDATIONCOLLECTIONURI}/{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",
			},
			user: []string{"{RELEASE_REQUESTEDFOR}", "{BUILD_REQUESTEDFOR}"},
		},
		{ // https://woodpecker-ci.org/docs/usage/environment
			name: "Woodpecker", detect: mark{"CI", "woodpecker"},
			pipeline: []string{"{CI_REPO}"}, run: []string{"{CI_PIPELINE_NUMBER}"}, commit: []string{"{CI_COMMIT_SHA}"},
			page: []string{"{CI_PIPELINE_URL}", "{CI_PIPELINE_LINK}"},
		},
		{ // https://docs.drone.io/pipeline/environment/reference
			name: "Drone", detect: mark{"DRONE", "true"},
			pipeline: []string{"{DRONE_REPO}"}, run: []string{"{DRONE_BUILD_NUMBER}"}, commit: []string{"{DRONE_COMMIT_SHA}"},
			page: []string{"{DRONE_BUILD_LINK}"},
		},
		{ // https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets; the person is known by a UUID only
			name: "Bitbucket Pipelines", detect: mark{"BITBUCKET_BUILD_NUMBER", ""},
			pipeline: []string{"{BITBUCKET_REPO_FULL_NAME}"}, run: []string{"{BITBUCKET_BUILD_NUMBER}"}, commit: []string{"{BITBUCKET_COMMIT}"},
			page: []string{"https://bitbucket.org/{BITBUCKET_REPO_FULL_NAME}/pipelines/results/{BITBUCKET_BUILD_NUMBER}"},
		},
		{ // https://circleci.com/docs/reference/variables; the numbers are those of a job, so the workflow stands for the run
			name: "CircleCI", detect: mark{"CIRCLECI", ""},
			pipeline: []string{"{CIRCLE_PROJECT_USERNAME}/{CIRCLE_PROJECT_REPONAME}"}, commit: []string{"{CIRCLE_SHA1}"},
			page: []string{"https://app.circleci.com/pipelines/workflows/{CIRCLE_WORKFLOW_ID}"}, user: []string{"{CIRCLE_USERNAME}"},
		},
		{ // https://buildkite.com/docs/pipelines/configure/environment-variables
			name: "Buildkite", detect: mark{"BUILDKITE", ""},
			pipeline: []string{"{BUILDKITE_ORGANIZATION_SLUG}/{BUILDKITE_PIPELINE_SLUG}"}, run: []string{"{BUILDKITE_BUILD_NUMBER}"},
			commit: []string{"{BUILDKITE_COMMIT}"}, page: []string{"{BUILDKITE_BUILD_URL}"}, user: []string{"{BUILDKITE_BUILD_CREATOR}"},
		},
		{ // https://docs.travis-ci.com/user/environment-variables
			name: "Travis CI", detect: mark{"TRAVIS", ""},
			pipeline: []string{"{TRAVIS_REPO_SLUG}"}, run: []string{"{TRAVIS_BUILD_NUMBER}"}, commit: []string{"{TRAVIS_COMMIT}"},
			page: []string{"{TRAVIS_BUILD_WEB_URL}"},
		},
	}
}
