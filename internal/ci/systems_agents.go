package ci

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

// actions is a system that runs GitHub's workflow format with GitHub's variables. GITHUB_TRIGGERING_ACTOR is not taken:
// it is who began an attempt.
func actions(name, variable, page string) system {
	return system{
		name: name, detect: mark{variable, ""}, annotate: actionsAnnotation,
		pipeline: []string{"{GITHUB_REPOSITORY} {GITHUB_WORKFLOW}", "{GITHUB_REPOSITORY}"}, run: []string{"{GITHUB_RUN_NUMBER}"},
		commit: []string{"{GITHUB_SHA}"}, page: []string{page}, user: []string{"{GITHUB_ACTOR}"},
	}
}

// jenkins is https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables, with the user where the
// Build User Vars plugin tells it (https://plugins.jenkins.io/build-user-vars-plugin).
func jenkins(seen mark) system {
	return system{
		name: "Jenkins", detect: seen,
		pipeline: []string{"{JOB_NAME}"}, run: []string{"{BUILD_NUMBER}"}, commit: []string{"{GIT_COMMIT}"},
		page: []string{"{BUILD_URL}"}, user: []string{"{BUILD_USER_ID}"},
	}
}
