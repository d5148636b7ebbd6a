import type { Rule } from './types.ts'

export const COMPOSE_RULES: readonly Rule[] = [
  {
    id: 'PD040',
    title: 'Ports are published on this machine only',
    why: 'A port without an address is open to the whole network, past the firewall of most systems. 127.0.0.1 is all that development needs.',
    refs: ['CIS Docker 5.14', 'https://docs.docker.com/engine/network/port-publishing/'],
    artefact: 'compose',
  },
  {
    id: 'PD041',
    title: 'Healthy means ready',
    why: 'A server that runs is not one that answers: a database listens on its socket while it is still being set up. The check asks over TCP, as the app does, often at first and seldom later.',
    refs: [
      'https://docs.docker.com/compose/how-tos/startup-order/',
      'https://github.com/docker-library/docs/issues/2467',
    ],
    artefact: 'compose',
  },
  {
    id: 'PD042',
    title: 'Starts after what it needs',
    why: 'Started is not ready. With a condition the app comes up once its services are healthy, instead of failing and trying again.',
    refs: ['https://docs.docker.com/compose/how-tos/startup-order/'],
    artefact: 'compose',
  },
  {
    id: 'PD043',
    title: 'Data lives in a named volume, where this version wants it',
    why: 'Without a volume data goes with the container. PostgreSQL moved its path with version 18: mounted at the old one it refuses to start, or keeps its data in a volume that nobody finds again. What the app itself keeps has a folder that the image gives to its user: a new volume takes over the owner.',
    refs: [
      'https://github.com/docker-library/postgres/pull/1259',
      'https://docs.docker.com/engine/storage/volumes/',
    ],
    artefact: 'compose',
  },
  {
    id: 'PD044',
    title: 'Changes are synced in, nothing is mounted over',
    why: 'A bind mount of the project hides the dependencies that the image has, and is slow where the engine runs in a virtual machine. Watch copies each change in, leaves the rest alone, and rebuilds when a manifest changes.',
    refs: ['https://docs.docker.com/compose/how-tos/file-watch/'],
    artefact: 'compose',
  },
  {
    id: 'PD045',
    title: 'Development credentials are plainly so',
    why: 'A password in a file that is committed is no secret, so it must not look like one, nor be one. A variable overrules it, in the app and in the service at once.',
    refs: ['https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/'],
    artefact: 'compose',
  },
  {
    id: 'PD046',
    title: 'Images of services are pinned',
    why: 'With latest a colleague who starts a week later has another database. The version is the one that production should have, too.',
    refs: ['hadolint DL3007', 'CIS Docker 5.28'],
    artefact: 'compose',
  },
  {
    id: 'PD047',
    title: 'The app is told where its services are, under the names that it reads',
    why: 'The names come from the code and from .env.example; only host, port and login are changed. What the compose file says wins over a .env that is meant for running without containers.',
    refs: ['https://docs.docker.com/compose/how-tos/environment-variables/envvars-precedence/'],
    artefact: 'compose',
  },
  {
    id: 'PD048',
    title: 'Migrations run before the app',
    why: 'A one-shot service brings the database up to the code and ends. The app starts when that has succeeded, and not when it has failed.',
    refs: ['https://docs.docker.com/compose/how-tos/startup-order/'],
    artefact: 'compose',
  },
]
