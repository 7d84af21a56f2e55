import type { ProgrammeVersion } from '../contract.ts';
import { type ProgrammeItem, readProgramme } from '../store/fund.ts';

/** A version as it is told. */
export function programmeView(fundId: string, item: ProgrammeItem): ProgrammeVersion {
  const { text: _text, proposedBy: _by, approvedBy: _other, ...told } = item;
  return { fundId, ...told, programme: readProgramme(item) };
}
