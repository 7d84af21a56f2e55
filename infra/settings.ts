import { type EnvironmentName, environmentName } from './environments.ts';

/** Where and how to deploy: read once, here, from the environment variables of the synthesis. */
export type Settings = {
  environmentName: EnvironmentName;
  region: string;
  outdir: string;
  /**
   * The API's own name and its certificate's ARN. Without them the gateway's default address is used. `truststore` is a
   * bundle of CAs in S3 (`s3://bucket/key`): with it the gateway asks every caller for a client certificate (mTLS).
   */
  domain?: { name: string; certificateArn: string; truststore?: { bucket: string; key: string } };
  /** A regional web ACL before the API: it costs money when idle, so it is asked for. */
  firewall: boolean;
  /** Who is written to when an alarm goes off. */
  alarmEmail?: string;
};

export function readSettings(variables: Record<string, string | undefined>): Settings {
  const name = variables['ZHIRONG_DOMAIN'];
  const certificateArn = variables['ZHIRONG_CERTIFICATE_ARN'];
  if ((name === undefined) !== (certificateArn === undefined)) {
    throw new Error('ZHIRONG_DOMAIN and ZHIRONG_CERTIFICATE_ARN go together');
  }
  const truststore = truststoreOf(variables['ZHIRONG_TRUSTSTORE']);
  if (truststore !== undefined && name === undefined) throw new Error('ZHIRONG_TRUSTSTORE needs ZHIRONG_DOMAIN');
  const alarmEmail = variables['ZHIRONG_ALARM_EMAIL'];
  return {
    environmentName: environmentName(variables['ZHIRONG_ENV'] ?? 'staging'),
    region: variables['CDK_DEFAULT_REGION'] ?? 'us-east-1',
    outdir: variables['CDK_OUTDIR'] ?? 'cdk.out',
    firewall: variables['ZHIRONG_FIREWALL'] === '1',
    ...(name !== undefined &&
      certificateArn !== undefined && {
        domain: { name, certificateArn, ...(truststore !== undefined && { truststore }) },
      }),
    ...(alarmEmail !== undefined && { alarmEmail }),
  };
}

function truststoreOf(address: string | undefined): { bucket: string; key: string } | undefined {
  if (address === undefined) return undefined;
  const [, bucket, key] = /^s3:\/\/([a-z0-9][a-z0-9.-]+)\/(.+)$/.exec(address) ?? [];
  if (bucket === undefined || key === undefined) throw new Error('ZHIRONG_TRUSTSTORE is s3://bucket/key');
  return { bucket, key };
}
