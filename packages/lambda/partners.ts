import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { jsonText } from '../json-text.ts';
import { networksOf } from '../networks.ts';
import { takeNonce } from '../nonces.ts';
import { openOwnKeys } from '../own-keys.ts';
import { type DirectoryEntry, openDirectory } from '../partner-directory.ts';
import { secretNamed } from '../secrets.ts';
import { publicKeyOf } from '../signature/keys.ts';
import { openTable, type Table } from '../table.ts';
import { partnerGate, type PartnerGate, type RegisteredKey } from './signed.ts';

/** What a function whose routes partners call is told, beside its own table. */
const Variables = z.object({
  PARTNER_DIRECTORY: z.string(),
  OWN_KEYS_SECRET: z.string(),
  AUTHORITIES: jsonText(z.array(z.string())),
});

/** The gate of a deployed function: keys from the directory, nonces in its own table, answers signed with our key. */
export function partnersFromEnvironment(table: Table): PartnerGate {
  const { PARTNER_DIRECTORY, OWN_KEYS_SECRET, AUTHORITIES } = Variables.parse(process.env);
  const directory = PARTNER_DIRECTORY === table.name ? table : openTable(new DynamoDBClient(), PARTNER_DIRECTORY);
  const own = openOwnKeys(secretNamed(OWN_KEYS_SECRET));
  return partnerGate({
    authorities: AUTHORITIES,
    keyOf: openDirectory(directory, registered),
    takeNonce: (nonce, now) => takeNonce(table, nonce, now),
    signer: () => own.signer('answers', new Date()),
  });
}

function registered(entry: DirectoryEntry): RegisteredKey {
  const { partnerId, role, publicKeyPem, networks, ...rest } = entry;
  const partner = { kind: 'partner', partnerId, role } as const;
  return { ...rest, partner, key: publicKeyOf(publicKeyPem), addresses: networksOf(networks) };
}
