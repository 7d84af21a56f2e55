import { crc32, inflateRawSync } from 'node:zlib';

/** Limits that no county list reaches and every archive bomb exceeds. */
export type ZipLimits = { maxEntries: number; maxBytes: number };

const localSignature = 0x04034b50;
const centralSignature = 0x02014b50;
const endSignature = 0x06054b50;
const endLength = 22;
const stored = 0;
const deflated = 8;
const utf8Names = 0x0800;

/**
 * Unpacks the wanted entries of an archive by its central directory. All limits are checked on what the directory
 * declares before anything is unpacked, and no entry may unpack to more than it declares.
 * @throws Error on anything that is not a plain archive within the limits (encrypted, split, ZIP64, damaged, repeated names).
 */
export function readZip(bytes: Uint8Array, wanted: (name: string) => boolean, limits: ZipLimits): Map<string, Buffer> {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOfDirectory(archive);
  const count = archive.readUInt16LE(end + 10);
  if (count > limits.maxEntries) throw new Error(`the archive has ${count} entries`);
  const entries = new Map<string, Entry>();
  let position = archive.readUInt32LE(end + 16);
  let total = 0;
  for (let index = 0; index < count; index += 1) {
    const entry = readEntry(archive, position);
    position = entry.next;
    if (!wanted(entry.name)) continue;
    if (entries.has(entry.name)) throw new Error(`the archive has two entries ${entry.name}`);
    total += entry.size;
    if (total > limits.maxBytes) throw new Error('the archive unpacks to too much');
    entries.set(entry.name, entry);
  }
  return new Map([...entries].map(([name, entry]) => [name, unpack(archive, entry)]));
}

type Entry = {
  name: string;
  method: number;
  crc: number;
  packedSize: number;
  size: number;
  offset: number;
  next: number;
};

function endOfDirectory(archive: Buffer): number {
  // The record is last, before a comment of at most 65,535 bytes.
  const lowest = Math.max(0, archive.length - endLength - 0xffff);
  for (let position = archive.length - endLength; position >= lowest; position -= 1) {
    if (archive.readUInt32LE(position) === endSignature) return position;
  }
  throw new Error('the archive has no directory');
}

function readEntry(archive: Buffer, position: number): Entry {
  if (archive.readUInt32LE(position) !== centralSignature) throw new Error('the directory is damaged');
  if ((archive.readUInt16LE(position + 8) & 1) === 1) throw new Error('an entry is encrypted');
  const nameLength = archive.readUInt16LE(position + 28);
  const rest = archive.readUInt16LE(position + 30) + archive.readUInt16LE(position + 32);
  return {
    name: archive.toString('utf8', position + 46, position + 46 + nameLength),
    method: archive.readUInt16LE(position + 10),
    crc: archive.readUInt32LE(position + 16),
    packedSize: archive.readUInt32LE(position + 20),
    size: archive.readUInt32LE(position + 24),
    offset: archive.readUInt32LE(position + 42),
    next: position + 46 + nameLength + rest,
  };
}

function unpack(archive: Buffer, entry: Entry): Buffer {
  if (archive.readUInt32LE(entry.offset) !== localSignature) throw new Error(`${entry.name} is damaged`);
  const start = entry.offset + 30 + archive.readUInt16LE(entry.offset + 26) + archive.readUInt16LE(entry.offset + 28);
  const packed = archive.subarray(start, start + entry.packedSize);
  if (packed.length !== entry.packedSize) throw new Error(`${entry.name} is cut off`);
  const data = inflate(packed, entry);
  if (data.length !== entry.size || crc32(data) !== entry.crc) throw new Error(`${entry.name} is damaged`);
  return data;
}

function inflate(packed: Buffer, entry: Entry): Buffer {
  if (entry.method === stored) return packed;
  if (entry.method !== deflated) throw new Error(`${entry.name} is packed in an unknown way`);
  // One byte of room, for zlib takes no limit of zero; the size is compared afterwards.
  return inflateRawSync(packed, { maxOutputLength: entry.size + 1 });
}

/** Packs entries without compression: the plainest archive there is, for readers that trust what they are told. */
export function writeZip(entries: ReadonlyMap<string, Buffer>): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, data] of entries) {
    const nameBytes = Buffer.from(name, 'utf8');
    // Version 2.0, UTF-8 names, stored, no date, checksum, both sizes, lengths of name and extra field.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(utf8Names, 2);
    common.writeUInt16LE(stored, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    files.push(uint32(localSignature), common, nameBytes, data);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(uint32(centralSignature), uint16(20), common, place, nameBytes);
    offset += 30 + nameBytes.length + data.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(endLength);
  end.writeUInt32LE(endSignature, 0);
  end.writeUInt16LE(entries.size, 8);
  end.writeUInt16LE(entries.size, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, listing, end]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
