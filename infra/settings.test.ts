import { expect, test } from 'vitest';
import { regionTraits } from './region.ts';
import { readSettings } from './settings.ts';

test('nothing said is staging in us-east-1', () => {
  expect(readSettings({})).toEqual({
    environmentName: 'staging',
    region: 'us-east-1',
    outdir: 'cdk.out',
    firewall: false,
  });
});

test('everything can be said', () => {
  const variables = {
    ZHIRONG_ENV: 'production',
    CDK_DEFAULT_REGION: 'cn-north-1',
    CDK_OUTDIR: 'out',
    ZHIRONG_DOMAIN: 'api.city.example',
    ZHIRONG_CERTIFICATE_ARN: 'certificate',
    ZHIRONG_TRUSTSTORE: 's3://city-trust/banks.pem',
    ZHIRONG_FIREWALL: '1',
    ZHIRONG_ALARM_EMAIL: 'duty@city.example',
  };
  expect(readSettings(variables)).toEqual({
    environmentName: 'production',
    region: 'cn-north-1',
    outdir: 'out',
    firewall: true,
    domain: {
      name: 'api.city.example',
      certificateArn: 'certificate',
      truststore: { bucket: 'city-trust', key: 'banks.pem' },
    },
    alarmEmail: 'duty@city.example',
  });
});

test('an environment nobody declared and half a domain are refused', () => {
  expect(() => readSettings({ ZHIRONG_ENV: 'prod' })).toThrow('no environment prod');
  expect(() => readSettings({ ZHIRONG_DOMAIN: 'api.city.example' })).toThrow('go together');
  expect(() => readSettings({ ZHIRONG_TRUSTSTORE: 's3://city-trust/b' })).toThrow('needs ZHIRONG_DOMAIN');
});

test('both China Regions are China', () => {
  expect(regionTraits('cn-north-1').china).toBe(true);
  expect(regionTraits('cn-northwest-1').china).toBe(true);
  expect(regionTraits('ap-east-1').china).toBe(false);
});
