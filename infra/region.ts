import { Architecture, Tracing } from 'aws-cdk-lib/aws-lambda';

/** What differs between the two partitions. Everything else in infra/ is the same in Beijing and in Virginia. */
export type RegionTraits = { china: boolean; architecture: Architecture; tracing: Tracing };

/** The China Regions have no X-Ray for Lambda, and arm64 is not confirmed for them. */
export function regionTraits(region: string): RegionTraits {
  const china = region.startsWith('cn-');
  return china
    ? { china, architecture: Architecture.X86_64, tracing: Tracing.DISABLED }
    : { china, architecture: Architecture.ARM_64, tracing: Tracing.ACTIVE };
}
