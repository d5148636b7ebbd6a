import type { Rule } from './types.ts'

/** What a run may have to say of a project: no line of a file stands for these. */
export const DETECTION_RULES: readonly Rule[] = [
  row(
    'PD058',
    'What does not outlive a container is said',
    'Uploads, logs and SQLite files beside the code are gone with the container and unwritable under a read-only root; DEBUG shows the code to visitors. The run names them before they bite.',
    [
      'https://docs.djangoproject.com/en/stable/howto/deployment/checklist/',
      'https://12factor.net/processes',
    ],
  ),
  row(
    'PD081',
    'No lockfile',
    'Without one each build may install other versions, and a build of last week can’t be had again. The install works all the same; commit the lockfile that it makes.',
    ['https://docs.npmjs.com/cli/configuring-npm/package-lock-json'],
  ),
  row(
    'PD033',
    'A process beside the app',
    'One container runs one process, so that each is watched, stopped and scaled by itself. Others of the project are run from the same image with a command of their own.',
    ['https://12factor.net/concurrency'],
  ),
  row(
    'PD090',
    'A large tree was read in part',
    'Reading stops after some thousand entries, so that a run takes the same time in every project. Source folders come first; a flag overrules what was not seen.',
    [],
  ),
  row(
    'PD091',
    'Several languages',
    'The manifests of more than one language were found, and one of them weighs more. The other may be tooling; if it is the app, --language says so.',
    [],
  ),
  row(
    'PD093',
    'No health route',
    'Nothing in the code looks like a route for health checks, so the check asks the front page and takes any answer below 500. A route that says whether the app can work is better.',
    ['https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/'],
  ),
  row(
    'PD094',
    'Port not found',
    'Neither the code nor a setting says on which port the app listens, so the framework’s usual one is taken. --port overrules it.',
    [],
  ),
  row(
    'PD095',
    'A library is no app',
    'The project is made to be imported by others, and has nothing that could be started. Pass the folder of the app, or say how it starts: --start.',
    [],
  ),
  row(
    'PD096',
    'A file that is not ours is never overwritten',
    'One that is near to ours is adopted: it stays as it is, and what is new here is merged into it later. One that is not gets advice, to be taken or refused rule by rule. What can be neither is left alone, with the files that name something it lacks.',
    [],
  ),
  row(
    'PD097',
    'A configuration could not be read for sure',
    'It is code, and computes what we had to know. The most likely reading was taken; look at the line, and overrule it by a flag where it is wrong.',
    [],
  ),
  row(
    'PD098',
    'A service without a variable',
    'Nothing in the code was seen to read where the service is, so the usual name was set. Read that name in the code, or rename it in compose.yaml.',
    ['https://12factor.net/backing-services'],
  ),
  row(
    'PD099',
    'A file of yours says otherwise',
    'A Dockerfile or a compose file that you wrote is read for hints: its port, its runtime, its services. A manifest and the code go before it, since they are what runs; where the two differ, one of them is old.',
    [],
  ),
]

function row(id: Rule['id'], title: string, why: string, refs: readonly string[]): Rule {
  return { id, title, why, refs, artefact: 'detection' }
}
