import { type App, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib/core';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { acknowledge } from './parts/acknowledge.ts';
import { cityKey } from './parts/key.ts';
import { consume, sendTo } from './parts/permissions.ts';
import { type ServiceQueues, serviceQueues } from './parts/queues.ts';
import { citySecret } from './parts/secret.ts';
import { type City, serviceFunction } from './parts/service-function.ts';
import type { Settings } from './settings.ts';
import { queueImpacts, type Subscriber } from './subscriptions.ts';

/** What the services' stacks stand on. */
export type Foundation = {
  key: Key;
  files: Bucket;
  alarms: Topic;
  /** Signs the cursors of paged lists; functions find it by name. */
  cursorSecret: Secret;
  /** Wraps the keys of enterprises' facts. */
  factsSecret: Secret;
  /** The platform's own private keys. */
  ownKeysSecret: Secret;
  /** Of it the secrets of webhook addresses are derived. */
  webhookSecret: Secret;
  /** The hosts that signed requests may name; none means the gateway's own. */
  authorities: readonly string[];
  queues: Record<Subscriber, ServiceQueues>;
};

export const cursorSecretName = 'zhirong/cursor';
export const factsSecretName = 'zhirong/facts';
export const webhookSecretName = 'zhirong/webhooks';
export const ownKeysSecretName = 'zhirong/own-keys';

export function foundationStack(
  app: App,
  city: City,
  props: StackProps,
  { alarmEmail, domain }: Pick<Settings, 'alarmEmail' | 'domain'>,
): Foundation {
  const stack = new Stack(app, 'zhirong-foundation', props);
  const { environment } = city;
  const key = cityKey(stack, environment.retain);
  const alarms = alarmTopic(stack, key, alarmEmail);
  const files = privateBucket(stack, key, environment.retain);
  const { retain } = environment;
  const cursorSecret = citySecret(stack, 'CursorSecret', {
    name: cursorSecretName,
    description: 'Keys the cursors of paged lists',
    key,
    unrotated:
      'It opens nothing: it only shows that a cursor is ours. Changing it ends every list that is being read, so a person does it.',
  });
  const factsSecret = citySecret(stack, 'FactsSecret', {
    name: factsSecretName,
    description: 'Wraps the keys that what the sources say of an enterprise is sealed with',
    key,
    retain,
    unrotated:
      'Replaced, it makes every stored fact unreadable and the sources are asked about everybody again, so a person does it.',
  });
  const ownKeysSecret = citySecret(stack, 'OwnKeysSecret', {
    name: ownKeysSecretName,
    description: 'Private keys with which the platform signs answers and webhooks',
    key,
    retain,
    // No keys yet: the function zhirong-partners-keys makes them, and renews them long before they end.
    generate: { secretStringTemplate: '{"keys":[]}', generateStringKey: 'unused' },
    unrotated: 'Rotated by a function of ours: the next key has to be published a week before its first use.',
  });
  const webhookSecret = citySecret(stack, 'WebhookSecret', {
    name: webhookSecretName,
    description: 'Of which the secrets of webhook addresses are derived, where a partner asks for one',
    key,
    retain,
    unrotated:
      'Replaced, it changes the secret of every address at once; each address has a renewal of its own with an overlap.',
  });
  const queuesOf = (service: Subscriber, visibilitySeconds = environment.workQueue.visibilitySeconds) =>
    serviceQueues(stack, { service, impacts: queueImpacts[service], environment, key, alarms, visibilitySeconds });
  const queues: Record<Subscriber, ServiceQueues> = {
    screening: queuesOf('screening'),
    partners: queuesOf('partners'),
    lending: queuesOf('lending'),
    fund: queuesOf('fund'),
    webhooks: queuesOf('webhooks', environment.workQueue.senderVisibilitySeconds),
  };

  // The China Regions have no redrive of dead letters, so it is a function of ours everywhere.
  const all = Object.values(queues);
  serviceFunction(stack, city, {
    name: 'zhirong-redrive',
    service: 'foundation',
    trigger: 'command',
    memoryMb: 256,
    key,
    variables: {
      QUEUES: stack.toJsonString(
        all.map(({ work, deadLetters }) => ({ queue: work.queueUrl, deadLetter: deadLetters.queueUrl })),
      ),
    },
    permissions: [consume(...all.map((each) => each.deadLetters)), sendTo(...all.map((each) => each.work))],
  });
  const authorities = domain === undefined ? [] : [domain.name];
  return { key, files, alarms, cursorSecret, factsSecret, ownKeysSecret, webhookSecret, authorities, queues };
}

function alarmTopic(stack: Stack, key: Key, email: string | undefined): Topic {
  const topic = new Topic(stack, 'Alarms', { topicName: 'zhirong-alarms', masterKey: key, enforceSSL: true });
  topic.grantPublish(
    new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  );
  if (email !== undefined) {
    const mail = new Subscription(stack, 'AlarmMail', {
      topic,
      protocol: SubscriptionProtocol.EMAIL,
      endpoint: email,
    });
    acknowledge(mail, {
      'Serverless-SNSRedrivePolicy': 'A letter that is lost leaves the alarm on, and the console shows it.',
    });
  }
  return topic;
}

/** Imports, workbooks and bulletins; nobody but functions reaches it, and only over TLS. */
function privateBucket(stack: Stack, key: Key, retain: boolean): Bucket {
  const files = new Bucket(stack, 'Files', {
    bucketName: `zhirong-files-${stack.account}-${stack.region}`,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    encryption: BucketEncryption.KMS,
    encryptionKey: key,
    bucketKeyEnabled: true,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: retain,
    removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    lifecycleRules: [
      // A county's list holds personal fields; once its rows are taken it is evidence for a year and then gone.
      { id: 'imports', prefix: 'imports/', expiration: Duration.days(365) },
      // A source's file tells of enterprises that never let us ask as well: it is gone once it has been read.
      { id: 'deliveries', prefix: 'deliveries/', expiration: Duration.days(7) },
      {
        id: 'remains',
        abortIncompleteMultipartUploadAfter: Duration.days(7),
        ...(retain && { noncurrentVersionExpiration: Duration.days(30) }),
      },
    ],
  });
  acknowledge(files, {
    'AwsSolutions-S1':
      'Only two functions can read it, and every file they take or give is an audited operation of the API; a log bucket would be a second copy of that.',
  });
  return files;
}
