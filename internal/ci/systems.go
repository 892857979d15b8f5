package ci

// system is a row of the table. Templates are texts with variables in braces, {NAME:} for what
// comes before a colon; of several, the first whose variables are all set counts.
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

// mark is the variable by which a system is known, and what it holds; "" stands for anything,
// "jenkins-*" for a prefix.
type mark struct{ variable, value string }

// systems is the table, inner systems first: runners for GitHub's format set GitHub's variables
// too, Woodpecker set Drone's, Jenkins and TeamCity agents leave their variables to whatever is
// started on their machines, and CodeBuild hosts the runners of others.
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

// agents is the second half of the table: systems that are seen around others.
func agents() []system {
	return []system{
		{ // https://www.appveyor.com/docs/environment-variables
			name: "AppVeyor", detect: mark{"APPVEYOR", ""},
			pipeline: []string{"{APPVEYOR_ACCOUNT_NAME}/{APPVEYOR_PROJECT_SLUG}"}, run: []string{"{APPVEYOR_BUILD_NUMBER}"},
			commit: []string{"{APPVEYOR_REPO_COMMIT}"},
			page:   []string{"{APPVEYOR_URL}/project/{APPVEYOR_ACCOUNT_NAME}/{APPVEYOR_PROJECT_SLUG}/builds/{APPVEYOR_BUILD_ID}"},
		},
		{ // https://www.jetbrains.com/help/teamcity/predefined-build-parameters.html; it passes no user on to the environment
			name: "TeamCity", detect: mark{"TEAMCITY_VERSION", ""}, annotate: teamCityAnnotation,
			pipeline: []string{"{TEAMCITY_PROJECT_NAME}/{TEAMCITY_BUILDCONF_NAME}"}, run: []string{"{BUILD_NUMBER}"},
			commit: []string{"{BUILD_VCS_NUMBER}"}, page: []string{"{BUILD_URL}"},
		},
		jenkins(mark{"JENKINS_URL", ""}),
		jenkins(mark{"BUILD_TAG", "jenkins-*"}), // without an address of its own, Jenkins sets no other mark
		{ // https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html; a role has a slash, a webhook too
			name: "AWS CodeBuild", detect: mark{"CODEBUILD_BUILD_ID", ""}, noUser: "/",
			pipeline: []string{"{CODEBUILD_BUILD_ID:}"}, run: []string{"{CODEBUILD_BUILD_NUMBER}"},
			commit: []string{"{CODEBUILD_RESOLVED_SOURCE_VERSION}"}, page: []string{"{CODEBUILD_BUILD_URL}"},
			user: []string{"{CODEBUILD_INITIATOR}"},
		},
	}
}

// actions is a system that runs GitHub's workflow format with GitHub's variables.
// GITHUB_TRIGGERING_ACTOR is not taken: it is who began an attempt.
func actions(name, variable, page string) system {
	return system{
		name: name, detect: mark{variable, ""}, annotate: actionsAnnotation,
		pipeline: []string{"{GITHUB_REPOSITORY} {GITHUB_WORKFLOW}", "{GITHUB_REPOSITORY}"}, run: []string{"{GITHUB_RUN_NUMBER}"},
		commit: []string{"{GITHUB_SHA}"}, page: []string{page}, user: []string{"{GITHUB_ACTOR}"},
	}
}

// jenkins is https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables,
// with the user if the Build User Vars plugin sets it
// (https://plugins.jenkins.io/build-user-vars-plugin).
func jenkins(seen mark) system {
	return system{
		name: "Jenkins", detect: seen,
		pipeline: []string{"{JOB_NAME}"}, run: []string{"{BUILD_NUMBER}"}, commit: []string{"{GIT_COMMIT}"},
		page: []string{"{BUILD_URL}"}, user: []string{"{BUILD_USER_ID}"},
	}
}
