import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import { DivisionCode, IndustryCode, ParkId, Uscc } from '#packages/identifiers';

/**
 * A name as registries write it: normalised (NFC) and trimmed, 1 to 200 characters. Control and invisible formatting
 * characters are refused, for two names that look the same must be the same.
 */
export const Name = z
  .string()
  .max(400, { error: '应为 1 至 200 个字' })
  .trim()
  .normalize('NFC')
  .min(1, { error: '不能为空' })
  .max(200, { error: '应为 1 至 200 个字' })
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u, { error: '不能含控制字符或不可见字符' });

export const sizeClasses = ['micro', 'small', 'medium', 'large'] as const;

/** 企业规模 by the national standard. */
export const SizeClass = z.enum(sizeClasses, { error: '企业规模应为 micro、small、medium 或 large' });
export type SizeClass = z.output<typeof SizeClass>;

/** What a county or park says of an enterprise when it nominates it: the same through the API and in a list. */
export const Nomination = z.strictObject({
  uscc: Uscc,
  name: Name.meta({ description: '企业名称' }),
  divisionCode: DivisionCode,
  parkId: ParkId.optional(),
  sizeClass: SizeClass,
  industryCode: IndustryCode,
  foundedOn: LegalDate.meta({ description: '成立日期' }),
  legalRepresentative: Name.meta({ description: '法定代表人' }).optional(),
});
export type Nomination = z.output<typeof Nomination>;

export const consentPurposes = ['credit', 'ip'] as const;
export const ConsentPurpose = z.enum(consentPurposes, { error: '授权用途应为 credit 或 ip' });
export type ConsentPurpose = z.output<typeof ConsentPurpose>;

const distinct = { error: '不能重复' };

/** An enterprise's 授权: for what, to whom, from when to when (last day included), and the digest of the signed paper. */
export const ConsentGrant = z
  .strictObject({
    purposes: z
      .array(ConsentPurpose)
      .min(1, { error: '至少一项授权用途' })
      .max(consentPurposes.length, distinct)
      .refine(unique, distinct),
    recipients: z
      .array(z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9._~-]{0,63}$/, { error: '应为合作机构编号或 all-banks' }))
      .min(1, { error: '至少一个接收机构' })
      .max(100, { error: '最多 100 个接收机构' })
      .refine(unique, distinct),
    grantedOn: LegalDate,
    expiresOn: LegalDate,
    evidenceDigest: z
      .string()
      .toLowerCase()
      .regex(/^[0-9a-f]{64}$/, { error: '授权文件摘要应为 64 位十六进制 SHA-256' })
      .meta({ description: '授权文件的 SHA-256（十六进制）' }),
  })
  .refine((grant) => grant.expiresOn > grant.grantedOn, { path: ['expiresOn'], error: '授权到期日应晚于授权日期' });
export type ConsentGrant = z.output<typeof ConsentGrant>;

function unique(items: readonly string[]): boolean {
  return new Set(items).size === items.length;
}
