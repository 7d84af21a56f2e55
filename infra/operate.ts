import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Outside, readCommand, runCommand } from './commands.ts';

/** The functions run for up to five minutes; a repeated call would start a second run beside the first. */
const patience = { maxAttempts: 1, requestHandler: { requestTimeout: 330_000 } };

function cloud(): Outside {
  const lambda = new LambdaClient(patience);
  const sqs = new SQSClient({});
  return {
    async invoke(FunctionName, event) {
      const { Payload, FunctionError } = await lambda.send(
        new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
      );
      const text = Payload?.transformToString() ?? 'null';
      if (FunctionError !== undefined) throw new Error(`${FunctionName} failed: ${text}`);
      return JSON.parse(text);
    },
    async queueUrl(QueueName) {
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
      if (QueueUrl === undefined) throw new Error(`no queue ${QueueName}`);
      return QueueUrl;
    },
    say: (line) => console.log(line),
  };
}

try {
  await runCommand(readCommand(process.argv.slice(2)), cloud());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
