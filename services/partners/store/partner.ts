import * as z from 'zod';
import { aggregateWrites, type AggregateChange, getHeld, type Held, type Kind, readHeld } from '#packages/aggregate';
import { Instant, LegalDate } from '#packages/calendar';
import { directoryWrite } from '#packages/partner-directory';
import { absent, type Item, type Table, type Write } from '#packages/table';
import { Partner as PartnerView, PartnerAccess, PartnerKey } from '../contract/schemas.ts';

const Key = z.object({
  ...PartnerKey.shape,
  submittedBy: z.string(),
  approvedBy: z.string().optional(),
  /** The notices of its end that were told, as days before. */
  noticed: z.array(z.int()).default([]),
});
export type StoredKey = z.output<typeof Key>;

const { proposal: _derived, ...shown } = PartnerView.shape;

/** A partner with its keys: they are few, and what may be done with one depends on the others. */
const Partner = z.object({
  ...shown,
  proposed: PartnerAccess.optional(),
  proposedBy: z.string().optional(),
  /** Who chose its id and its role, until somebody approves it. */
  enteredBy: z.string().optional(),
  /** What is proposed took the place of something else that was. */
  reproposed: z.boolean().optional(),
  suspendedBy: z.string().optional(),
  keys: z.array(Key),
  /** The day on which a key was last given its number, and the number. */
  numbered: z.object({ day: LegalDate, last: z.int().positive() }).optional(),
});
export type StoredPartner = z.output<typeof Partner>;

export const partnerKind: Kind<StoredPartner> = {
  service: 'partners',
  name: 'partner',
  state: Partner,
  idOf: ({ partnerId }) => partnerId,
};

/** All partners, by their id: for lists, and for whoever has to tell all of them something. */
export const partnersIndex = 'PARTNERS';
export const IndexedPartner = z.object({
  sk: z.string(),
  status: PartnerView.shape.status,
  role: PartnerView.shape.role,
  createdAt: Instant,
});

export async function getPartner(table: Table, partnerId: string): Promise<Held<StoredPartner> | undefined> {
  return getHeld(table, partnerKind, partnerId);
}

export function readPartner(item: Item): Held<StoredPartner> {
  return readHeld(partnerKind, item);
}

/** The steps of one change of a partner: itself, its place in the list, and what the directory says of its keys. */
export function partnerWrites(
  before: Held<StoredPartner> | undefined,
  change: AggregateChange<StoredPartner>,
  context: { now: Date; requestId: string },
): Write[] {
  const { partnerId, status, role, createdAt } = change.state;
  const listed = before?.state.status === status ? [] : [{ pk: partnersIndex, sk: partnerId, status, role, createdAt }];
  return [
    ...aggregateWrites(partnerKind, before, change, context),
    ...listed.map((item): Write => ({ kind: 'put', item })),
    ...directoryWrites(before?.state, change.state),
  ];
}

/** No key of two partners, nor twice of one: who signed would be anybody's guess. */
export function fingerprintWrite(fingerprint: string, keyid: string): Write {
  return { kind: 'put', item: { pk: `FINGERPRINT#${fingerprint}`, sk: 'FINGERPRINT', keyid }, condition: absent };
}

/** Keys that were approved once, where something of them changed. */
function directoryWrites(before: StoredPartner | undefined, after: StoredPartner): Write[] {
  const known = new Map((before === undefined ? [] : entriesOf(before)).map((entry) => [entry.keyid, entry]));
  return entriesOf(after)
    .filter((entry) => JSON.stringify(known.get(entry.keyid)) !== JSON.stringify(entry))
    .map(directoryWrite);
}

function entriesOf({ partnerId, role, status, networks, clientCertificate, keys }: StoredPartner) {
  return keys.flatMap(({ keyid, publicKeyPem, state, notBefore, notAfter }) =>
    notBefore === undefined || state === 'pending' || state === 'proved'
      ? []
      : [
          {
            keyid,
            partnerId,
            role,
            publicKeyPem,
            state,
            notBefore,
            notAfter,
            suspended: status !== 'active',
            networks,
            ...(clientCertificate !== undefined && { clientCertificate }),
          },
        ],
  );
}
