import type { Routes } from '#packages/contract';
import { forbidden } from '#packages/refusals';
import { BundleCheck, BundleDiagnosis } from './bundle-schemas.ts';

/** 质押组合体检. */
export const bundleRoutes = {
  checkBundle: {
    method: 'POST',
    path: '/v1/bundle-checks',
    tag: '质押组合',
    summary: '体检：一个质押组合能否登记、弱在何处、失去任一权利后还剩什么，不留任何记录',
    roles: ['bank', 'county-clerk', 'park-manager', 'enterprise-user'],
    body: BundleCheck,
    status: 200,
    answer: BundleDiagnosis,
    storesNothing: true,
    refusals: forbidden,
  },
} as const satisfies Routes;
