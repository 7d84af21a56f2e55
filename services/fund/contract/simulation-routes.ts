import type { Routes } from '#packages/contract';
import { partnerRoles, personRoles } from '#packages/roles';
import { SimulationAnswer, SimulationRequest } from './simulation-schemas.ts';

export const simulationRoutes = {
  simulateClaim: {
    method: 'POST',
    path: '/v1/fund/simulations',
    tag: '基金',
    summary: '试算：按一个方案分担一笔损失并退还其后的回收，与真实代偿同一套算法，不留任何记录',
    roles: [...personRoles, ...partnerRoles],
    body: SimulationRequest,
    status: 200,
    answer: SimulationAnswer,
    storesNothing: true,
  },
} as const satisfies Routes;
