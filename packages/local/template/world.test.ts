import { expect, test } from 'vitest';
import type { Template } from './assembly.ts';
import { resolveStacks } from './world.ts';

const empty = { Resources: {}, Parameters: {}, Outputs: {}, Conditions: {}, Mappings: {} };

function resolved(templates: Record<string, Partial<Template>>, parameters: Record<string, string> = {}) {
  const stacks = Object.entries(templates).map(([name, template]) => ({
    name,
    template: { ...empty, ...template },
    assets: {},
  }));
  return resolveStacks(stacks, { region: 'cn-north-1', sqsUrl: 'http://127.0.0.1:4566', parameters });
}

/** An inert thing whose properties are these. */
const thing = (Properties: Record<string, unknown>, Condition?: string) => ({
  Type: 'Custom::Thing',
  Properties,
  Condition,
});

const base = {
  Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work.fifo', FifoQueue: true } } },
  Outputs: { Queue: { Value: { Ref: 'Queue' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:Queue' } } } },
};

test('every intrinsic is replaced by what the deployed one would be, over stacks too', () => {
  const app = {
    Parameters: { Issuer: { Type: 'String' }, Level: { Type: 'String', Default: 'INFO' } },
    Conditions: {
      China: { 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-cn'] },
      Global: { 'Fn::Not': [{ Condition: 'China' }] },
      Both: { 'Fn::And': [{ Condition: 'China' }, { Condition: 'Global' }] },
    },
    Mappings: { Sizes: { small: { memory: '512' } } },
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: {} },
      Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'city/cursor' } },
      Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
      Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'things' } },
      Gone: thing({}, 'Both'),
      Thing: thing({
        import: { 'Fn::ImportValue': 'base:Queue' },
        given: { Ref: 'Issuer' },
        default: { Ref: 'Level' },
        generated: { Ref: 'Bucket' },
        stream: { 'Fn::GetAtt': 'Table.StreamArn' },
        part: { 'Fn::Select': [6, { 'Fn::Split': [':', { Ref: 'Secret' }] }] },
        joined: { 'Fn::Join': ['/', [{ Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }, { Ref: 'AWS::URLSuffix' }]] },
        substituted: { 'Fn::Sub': ['${a}-${Role.Arn}-${!literal}', { a: { Ref: 'AWS::StackName' } }] },
        chosen: { 'Fn::If': ['China', 'cn', 'global'] },
        none: { 'Fn::If': ['Global', 'x', { Ref: 'AWS::NoValue' }] },
        list: ['a', { Ref: 'AWS::NoValue' }, 'b'],
        mapped: { 'Fn::FindInMap': ['Sizes', 'small', 'memory'] },
        json: { 'Fn::ToJsonString': { queue: { 'Fn::ImportValue': 'base:Queue' } } },
        base64: { 'Fn::Base64': 'x' },
      }),
    },
  };
  const resources = resolved({ base, app }, { Issuer: 'http://127.0.0.1:1' });
  expect(resources.map(({ logicalId }) => logicalId)).not.toContain('Gone');
  expect(resources.find(({ logicalId }) => logicalId === 'Thing')?.properties).toEqual({
    import: 'http://127.0.0.1:4566/000000000000/work.fifo',
    given: 'http://127.0.0.1:1',
    default: 'INFO',
    generated: 'app-bucket',
    stream: 'arn:aws-cn:dynamodb:cn-north-1:000000000000:table/things/stream/local',
    part: 'city/cursor-local0',
    joined: 'cn-north-1/000000000000/amazonaws.com.cn',
    substituted: 'app-arn:aws-cn:iam::000000000000:role/app-Role-${literal}',
    chosen: 'cn',
    list: ['a', 'b'],
    mapped: '512',
    json: '{"queue":"http://127.0.0.1:4566/000000000000/work.fifo"}',
    base64: 'eA==',
  });
});

test.each([
  ['an intrinsic nobody knows', { 'Fn::Cidr': [] }, /Fn::Cidr/],
  ['a reference to nothing', { Ref: 'No' }, /No/],
  ['an attribute of nothing', { 'Fn::GetAtt': ['No', 'Arn'] }, /No/],
  ['an import of nothing', { 'Fn::ImportValue': 'elsewhere' }, /elsewhere/],
  ['a parameter without a value', { Ref: 'Issuer' }, /Issuer/],
  ['a condition of no name', { 'Fn::If': ['No', 1, 2] }, /No/],
  ['an entry no mapping has', { 'Fn::FindInMap': ['Sizes', 'a', 'b'] }, /Sizes/],
  ['an element beyond the list', { 'Fn::Select': [2, ['a']] }, /element 2/],
])('it refuses %s, and says where', (_case, value, message) => {
  const Parameters = { Issuer: { Type: 'String' } };
  const reading = () => resolved({ app: { Parameters, Resources: { Thing: thing({ value }) } } });
  expect(reading).toThrow(/Thing \(Custom::Thing\) of stack app/);
  const causing = expect.objectContaining({ message: expect.stringMatching(message) });
  expect(reading).toThrow(expect.objectContaining({ cause: causing }));
});
