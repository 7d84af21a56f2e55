import { randomUUID } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { auditStreamFunction, sealFunction } from '#packages/audit/functions';
import { openFiles } from '#packages/files';
import { apiFunction } from '#packages/lambda/api';
import { queueFunction } from '#packages/lambda/queue';
import { ScheduledAt, scheduleFunction } from '#packages/lambda/schedule';
import { tableFromEnvironment } from '#packages/messaging/environment';
import { outboxFunction } from '#packages/messaging/outbox-function';
import { relayFunction } from '#packages/messaging/relay';
import { noReceipt } from '#packages/outcome';
import { secretNamed } from '#packages/secrets';
import { eventTypes, routes } from './contract.ts';
import { sources } from './facts.ts';
import { approveWhitelist } from './operations/approve-whitelist.ts';
import type { Context, Deps } from './operations/context.ts';
import { getDelivery, receiveDelivery } from './operations/deliver-source.ts';
import type { OpenSources } from './operations/hear-each.ts';
import { reinstateEntry, removeEntry, suspendEntry } from './operations/change-entry.ts';
import { draftPolicy } from './operations/draft-policy.ts';
import { expireEntries } from './operations/expire-entries.ts';
import { decideObjection, fileObjection, getObjection, listObjections } from './operations/objections.ts';
import { looking } from './operations/looking.ts';
import { giveCountyOpinion } from './operations/give-county-opinion.ts';
import { nominateEnterprise } from './operations/nominate-enterprise.ts';
import { proposeWhitelist } from './operations/propose-whitelist.ts';
import { getDecision } from './operations/read-decision.ts';
import { getEnterprise, listEnterprises, listScreenings } from './operations/read-enterprises.ts';
import { getIpFacts } from './operations/read-ip-facts.ts';
import { getPassport } from './operations/read-passport.ts';
import { getPolicy, getPolicyCoverage, listPolicies } from './operations/read-policy.ts';
import { getSource } from './operations/read-source.ts';
import { getWhitelistVersion, listWhitelistLines } from './operations/read-versions.ts';
import { getWhitelistEntry, listWhitelist } from './operations/read-whitelist.ts';
import { getImport, getImportErrors, importEnterprises } from './operations/receive-import.ts';
import { recordConsent, withdrawConsent } from './operations/record-consent.ts';
import { releasePolicy } from './operations/release-policy.ts';
import { getPolicyImpact, startPolicyImpact } from './operations/start-impact.ts';
import { getScreeningRun, startDailyRun, startScreeningRun } from './operations/start-run.ts';
import type { SourceWorld } from './sources/ask.ts';
import { openSource } from './sources/open.ts';
import { openPolicyBook } from './policy-book.ts';
import { policyLookup } from './policy-lookup.ts';
import { openVault } from './vault.ts';
import { workHandlers } from './work-handlers.ts';

/** All routes of the contract. */
export const api = () => {
  const stored = dependencies();
  const book = openPolicyBook(stored.table);
  const deps = { ...stored, ...policyLookup({ ...stored, book }) };
  return apiFunction({
    routes,
    table: deps.table,
    operations: {
      nominateEnterprise: nominateEnterprise(deps),
      listEnterprises: listEnterprises(deps),
      getEnterprise: looking(deps, routes.getEnterprise, getEnterprise(deps)),
      listScreenings: looking(deps, routes.listScreenings, listScreenings(deps)),
      getPassport: looking(deps, routes.getPassport, getPassport(deps)),
      getIpFacts: looking(deps, routes.getIpFacts, getIpFacts(deps)),
      getDecision: looking(deps, routes.getDecision, getDecision(deps)),
      importEnterprises: importEnterprises(deps),
      getImport: getImport(deps),
      getImportErrors: getImportErrors(deps),
      recordConsent: recordConsent(deps),
      withdrawConsent: withdrawConsent(deps),
      giveCountyOpinion: giveCountyOpinion(deps),
      startScreeningRun: startScreeningRun(deps),
      getScreeningRun: getScreeningRun(deps),
      draftPolicy: draftPolicy({ ...deps, book }),
      listPolicies: listPolicies(deps),
      getPolicy: getPolicy({ book }),
      getPolicyCoverage: getPolicyCoverage({ book }),
      releasePolicy: releasePolicy({ ...deps, book }),
      startPolicyImpact: startPolicyImpact({ ...deps, book }),
      getPolicyImpact: getPolicyImpact(deps),
      proposeWhitelist: proposeWhitelist(deps),
      getWhitelistVersion: getWhitelistVersion(deps),
      listWhitelistLines: listWhitelistLines(deps),
      approveWhitelist: approveWhitelist(deps),
      listWhitelist: listWhitelist(deps),
      getWhitelistEntry: looking(deps, routes.getWhitelistEntry, getWhitelistEntry(deps)),
      suspendEntry: suspendEntry(deps),
      reinstateEntry: reinstateEntry(deps),
      removeEntry: removeEntry(deps),
      fileObjection: fileObjection(deps),
      listObjections: listObjections(deps),
      getObjection: getObjection(deps),
      decideObjection: decideObjection(deps),
      getSource: getSource(deps),
      receiveDelivery: receiveDelivery(deps),
      getDelivery: getDelivery(deps),
    },
  });
};

/** The service's own queue: lists to read, runs to deal out, chunks to work through. */
export const worker = () => {
  const env = environment(sourceVariables);
  const deps = dependencies();
  return queueFunction({
    table: deps.table,
    events: eventTypes,
    handlers: workHandlers({ ...deps, book: openPolicyBook(deps.table), sources: openSources(env), clock: world.now }),
  });
};

const SourceAddress = z.literal('file').or(z.url());
const PositiveNumber = z.coerce.number().positive();
const sourceVariables = {
  CREDIT_SOURCE_URL: SourceAddress,
  CREDIT_REQUESTS_PER_SECOND: PositiveNumber,
  IP_SOURCE_URL: SourceAddress,
  IP_REQUESTS_PER_SECOND: PositiveNumber,
  SOURCE_BREAKER_OPEN_SECONDS: PositiveNumber,
};

function openSources(env: z.output<z.ZodObject<typeof sourceVariables>>): OpenSources {
  const breakerOpenSeconds = env.SOURCE_BREAKER_OPEN_SECONDS;
  const credit = { address: env.CREDIT_SOURCE_URL, requestsPerSecond: env.CREDIT_REQUESTS_PER_SECOND };
  const ip = { address: env.IP_SOURCE_URL, requestsPerSecond: env.IP_REQUESTS_PER_SECOND };
  return {
    credit: openSource(sources.credit, { ...credit, breakerOpenSeconds }, world),
    ip: openSource(sources.ip, { ...ip, breakerOpenSeconds }, world),
  };
}

export const daily = () => {
  const start = startDailyRun({ table: tableFromEnvironment() });
  return scheduleFunction(z.strictObject({ at: ScheduledAt }), ({ at }, { runId }) =>
    start(new Date(at), starting(runId)),
  );
};

export const expiry = () => {
  const expire = expireEntries({ table: tableFromEnvironment() });
  return scheduleFunction(z.strictObject({ at: ScheduledAt }), ({ at }, { runId }) =>
    expire(new Date(at), starting(runId)),
  );
};

export const relay = () => relayFunction();
export const outbox = () => outboxFunction();
export const audit = () => auditStreamFunction();
export const seal = () => sealFunction();

function environment<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).parse(process.env);
}

function dependencies(): Deps {
  const { BUCKET, FACTS_SECRET } = environment({ BUCKET: z.string(), FACTS_SECRET: z.string() });
  const factsSecret = secretNamed(FACTS_SECRET);
  return {
    table: tableFromEnvironment(),
    files: openFiles(new S3Client({ forcePathStyle: true }), BUCKET),
    vault: openVault(() => factsSecret()),
    newId: (prefix) => `${prefix}-${randomUUID()}`,
  };
}

function starting(requestId: string): Context {
  return { now: new Date(), requestId, receipt: noReceipt };
}

const world: SourceWorld = {
  fetch: (input, init) => fetch(input, init),
  now: () => new Date(),
  random: Math.random,
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};
