import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AwsError, callAws } from '../aws-json.ts';
import { arnOf } from '../template/naming.ts';

/** A record as Lambda hands it over, which is how the stream has it but for its origin. */
export type StreamRecord = z.infer<typeof StreamRecord>;
const StreamRecord = z.looseObject({
  eventName: z.string(),
  dynamodb: z.looseObject({ SequenceNumber: z.string(), ApproximateCreationDateTime: z.number().optional() }),
});

export type Shard = { id: string; parent: string | undefined };

const Table = z.object({ Table: z.object({ LatestStreamArn: z.string(), LatestStreamLabel: z.string() }) });
const Described = z.object({
  StreamDescription: z.object({
    Shards: z.array(z.object({ ShardId: z.string(), ParentShardId: z.string().optional() })),
    LastEvaluatedShardId: z.string().optional(),
  }),
});
const Iterator = z.object({ ShardIterator: z.string() });
const Page = z.object({ Records: z.array(StreamRecord), NextShardIterator: z.string().nullish() });

export const largestPage = 1_000;

/** Reads the stream of one table. Throws `AwsError` where the table or its stream is not there. */
export async function openStream(url: string, region: string, tableName: string) {
  const { Table: table } = Table.parse(
    await callAws(url, 'dynamodb', 'DescribeTable', region, { TableName: tableName }),
  );
  const StreamArn = table.LatestStreamArn;
  const arn = `${arnOf('AWS::DynamoDB::Table', tableName, region)}/stream/${table.LatestStreamLabel}`;
  const call = (operation: string, input: object) => callAws(url, 'streams', operation, region, input);

  return {
    /** As functions see it; the engine has regions of its own. */
    arn,

    async shards(): Promise<Shard[]> {
      const shards: Shard[] = [];
      let from: string | undefined;
      do {
        const input = { StreamArn, ...(from !== undefined && { ExclusiveStartShardId: from }) };
        const { StreamDescription: page } = Described.parse(await call('DescribeStream', input));
        shards.push(...page.Shards.map(({ ShardId, ParentShardId }) => ({ id: ShardId, parent: ParentShardId })));
        from = page.LastEvaluatedShardId;
      } while (from !== undefined);
      return shards;
    },

    /** Behind the record of that number, or from the beginning where there is none or the stream has lost it. */
    async iterator(ShardId: string, after: string | undefined): Promise<string> {
      const oldest = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
      if (after === undefined) return Iterator.parse(await call('GetShardIterator', oldest)).ShardIterator;
      const behind = { StreamArn, ShardId, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after };
      try {
        return Iterator.parse(await call('GetShardIterator', behind)).ShardIterator;
      } catch (error) {
        if (!(error instanceof AwsError) || error.code !== 'TrimmedDataAccessException') throw error;
        return Iterator.parse(await call('GetShardIterator', oldest)).ShardIterator;
      }
    },

    /** `next` is undefined once the shard has ended and all of it was read. */
    async page(ShardIterator: string, Limit: number): Promise<{ records: StreamRecord[]; next: string | undefined }> {
      const page = Page.parse(await call('GetRecords', { ShardIterator, Limit }));
      const records = page.Records.map((record) => ({
        ...record,
        eventID: createHash('md5').update(`${arn} ${record.dynamodb.SequenceNumber}`).digest('hex'),
        eventSource: 'aws:dynamodb',
        eventSourceARN: arn,
        awsRegion: region,
      }));
      return { records, next: page.NextShardIterator ?? undefined };
    },
  };
}
