// Made of the contracts by `node scripts/sdk.ts types`; a test holds it to them. Not to be edited.
import type { OperationRow } from './calls.ts';

export const operations = {
  getIpFacts: { method: 'GET', path: '/v1/enterprises/{uscc}/ip-facts' },
  getWhitelistVersion: { method: 'GET', path: '/v1/whitelist-versions/{version}' },
  listWhitelist: { method: 'GET', path: '/v1/whitelist', isList: true },
  getWhitelistEntry: { method: 'GET', path: '/v1/whitelist/{uscc}' },
  getPartner: { method: 'GET', path: '/v1/partners/{partnerId}' },
  submitKey: { method: 'POST', path: '/v1/partners/{partnerId}/keys' },
  listKeys: { method: 'GET', path: '/v1/partners/{partnerId}/keys', isList: true },
  proveKey: { method: 'POST', path: '/v1/partners/{partnerId}/keys/{keyid}/proofs' },
  revokeKey: { method: 'POST', path: '/v1/partners/{partnerId}/keys/{keyid}/revocations' },
  getOwnKeys: { method: 'GET', path: '/.well-known/ippf-keys' },
  getRequest: { method: 'GET', path: '/v1/requests/{idempotencyKey}' },
  registerWebhook: { method: 'POST', path: '/v1/partners/{partnerId}/webhooks' },
  listWebhooks: { method: 'GET', path: '/v1/partners/{partnerId}/webhooks', isList: true },
  getWebhook: { method: 'GET', path: '/v1/partners/{partnerId}/webhooks/{webhookId}' },
  endWebhook: { method: 'DELETE', path: '/v1/partners/{partnerId}/webhooks/{webhookId}' },
  challengeWebhook: { method: 'POST', path: '/v1/partners/{partnerId}/webhooks/{webhookId}/challenges' },
  resumeWebhook: { method: 'POST', path: '/v1/partners/{partnerId}/webhooks/{webhookId}/resumptions' },
  renewWebhookSecret: { method: 'POST', path: '/v1/partners/{partnerId}/webhooks/{webhookId}/secrets' },
  listDeliveries: { method: 'GET', path: '/v1/partners/{partnerId}/deliveries', isList: true },
  replayDelivery: { method: 'POST', path: '/v1/partners/{partnerId}/deliveries/{deliveryId}/replays' },
  getReconciliation: { method: 'GET', path: '/v1/reconciliations/{date}', isList: true },
  listExposures: { method: 'GET', path: '/v1/funds/{fundId}/exposures', isList: true },
  getCapacity: { method: 'GET', path: '/v1/funds/{fundId}/capacity' },
  getProof: { method: 'GET', path: '/v1/funds/{fundId}/proof' },
  fileClaim: { method: 'POST', path: '/v1/claims' },
  listClaims: { method: 'GET', path: '/v1/claims', isList: true },
  checkClaim: { method: 'POST', path: '/v1/claim-checks' },
  getClaim: { method: 'GET', path: '/v1/claims/{claimId}' },
  recordRecovery: { method: 'POST', path: '/v1/claims/{claimId}/recoveries' },
  reverseRecovery: { method: 'POST', path: '/v1/claims/{claimId}/recovery-reversals' },
  getSettlement: { method: 'GET', path: '/v1/claims/{claimId}/settlements/{id}' },
  getWriteOff: { method: 'GET', path: '/v1/claims/{claimId}/write-offs/{id}' },
  listClaimDeadlines: { method: 'GET', path: '/v1/claim-deadlines', isList: true },
  confirmShare: { method: 'POST', path: '/v1/claims/{claimId}/confirmations' },
  checkClaimList: { method: 'POST', path: '/v1/claim-reconciliations' },
  listClaimReconciliations: { method: 'GET', path: '/v1/claim-reconciliations', isList: true },
  simulateClaim: { method: 'POST', path: '/v1/fund/simulations' },
  fileLoan: { method: 'POST', path: '/v1/loans' },
  listLoans: { method: 'GET', path: '/v1/loans', isList: true },
  getLoan: { method: 'GET', path: '/v1/loans/{loanId}' },
  changeAsset: { method: 'PUT', path: '/v1/loans/{loanId}/pledge/assets/{kind}/{number}' },
  reportLoan: { method: 'POST', path: '/v1/loans/{loanId}/reports' },
  listReports: { method: 'GET', path: '/v1/loans/{loanId}/reports', isList: true },
  listMissingReports: { method: 'GET', path: '/v1/missing-reports', isList: true },
  listLoanWatches: { method: 'GET', path: '/v1/loan-watches', isList: true },
  renewLoan: { method: 'POST', path: '/v1/loans/{loanId}/renewals' },
  writeOffLoan: { method: 'POST', path: '/v1/loans/{loanId}/write-offs' },
  addEvidence: { method: 'POST', path: '/v1/loans/{loanId}/evidence' },
  getNplMeter: { method: 'GET', path: '/v1/npl-meter' },
  setCreditPlan: { method: 'PUT', path: '/v1/credit-plans/{year}' },
  checkBundle: { method: 'POST', path: '/v1/bundle-checks' },
  recordValuation: { method: 'POST', path: '/v1/valuations' },
  tryValuation: { method: 'POST', path: '/v1/valuation-trials' },
  getValuation: { method: 'GET', path: '/v1/valuations/{valuationId}' },
  listValuations: { method: 'GET', path: '/v1/rights/{kind}/{number}/valuations', isList: true },
} as const satisfies Record<string, OperationRow>;

/** Refusals that every operation can give. */
export type CommonCode =
  | 'header_duplicated'
  | 'credentials_ambiguous'
  | 'signature_malformed'
  | 'target_not_canonical'
  | 'digest_missing'
  | 'digest_malformed'
  | 'digest_mismatch'
  | 'body_not_allowed'
  | 'body_not_utf8'
  | 'json_malformed'
  | 'json_duplicate_key'
  | 'idempotency_key_missing'
  | 'idempotency_key_malformed'
  | 'cursor_invalid'
  | 'signature_missing'
  | 'signature_components'
  | 'signature_not_yet_valid'
  | 'signature_expired'
  | 'signature_invalid'
  | 'signature_replayed'
  | 'token_invalid'
  | 'token_expired'
  | 'ip_not_allowed'
  | 'certificate_mismatch'
  | 'partner_suspended'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'not_acceptable'
  | 'idempotency_in_progress'
  | 'body_too_large'
  | 'media_type_unsupported'
  | 'validation_failed'
  | 'idempotency_key_reused'
  | 'rate_limited'
  | 'internal'
  | 'unavailable'
  | 'gateway_timeout';

export type Operations = {
  /** 银行贷前、贷后查询企业知识产权状况：有效权利、有效发明、知识产权信用、非正常申请（须有企业授权，逐次记录） */
  getIpFacts: {
    input: {
      params: {
        uscc: string;
      };
      query: {
        purpose: LoanPurpose;
      };
    };
    answer: IpFactsView;
    code: 'not_found';
  };
  /** 查看一版白名单：状态、条数、摘要 */
  getWhitelistVersion: {
    input: {
      params: {
        version: string;
      };
    };
    answer: WhitelistVersion;
    code: 'not_found';
  };
  /** 白名单，按统一社会信用代码排序；可查看任一过去日期的名单（asOf 法定日期，knownOn 当时已知） */
  listWhitelist: {
    input: {
      query?: {
        status?: EntryStatus;
        /** 查看哪一天（法定日期，默认今天） */ asOf?: string;
        /** 以哪一天已知的情况为准（法定日期，默认今天） */ knownOn?: string;
        pageSize?: number;
        cursor?: string;
      };
    };
    answer: {
      items: WhitelistEntry[];
      nextCursor: string | null;
    };
    code: never;
  };
  /** 查看一家企业的名单条目 */
  getWhitelistEntry: {
    input: {
      params: {
        uscc: string;
      };
    };
    answer: WhitelistEntry;
    code: 'not_found';
  };
  /** 查看一家机构；机构查看自己 */
  getPartner: {
    input: {
      params: {
        partnerId: string;
      };
    };
    answer: Partner;
    code: 'not_found';
  };
  /** 提交公钥（市级管理员或机构自己）：自动检查后给出待签名的挑战 */
  submitKey: {
    input: {
      params: {
        partnerId: string;
      };
      body: NewKey;
      idempotencyKey?: string;
    };
    answer: PartnerKey;
    code: 'not_found' | 'state_conflict' | 'key_refused' | 'key_taken';
  };
  /** 列出一家机构的密钥，最近提交的在前 */
  listKeys: {
    input: {
      params: {
        partnerId: string;
      };
      query?: {
        pageSize?: number;
        cursor?: string;
      };
    };
    answer: {
      items: PartnerKey[];
      nextCursor: string | null;
    };
    code: 'not_found';
  };
  /** 以该密钥对挑战签名，证明持有私钥 */
  proveKey: {
    input: {
      params: {
        partnerId: string;
        keyid: string;
      };
      body: {
        signature: string;
      };
      idempotencyKey?: string;
    };
    answer: PartnerKey;
    code: 'not_found' | 'state_conflict' | 'proof_invalid';
  };
  /** 吊销密钥：至多 60 秒后不再有效 */
  revokeKey: {
    input: {
      params: {
        partnerId: string;
        keyid: string;
      };
      body: Because;
      idempotencyKey?: string;
    };
    answer: PartnerKey;
    code: 'not_found' | 'state_conflict';
  };
  /** 平台自己的公钥：应答签名与回调签名，含下一把 */
  getOwnKeys: {
    input: Record<string, never>;
    answer: {
      keys: OwnKey[];
    };
    code: never;
  };
  /** 按流水号（Idempotency-Key）查询一次请求的结果；只能查询自己的 */
  getRequest: {
    input: {
      params: {
        idempotencyKey: string;
      };
    };
    answer: {
      idempotencyKey: string;
      status: 'unknown' | 'running' | 'done';
      httpStatus?: number;
      path?: string;
      /** 时刻（UTC，毫秒） */ at?: string;
    };
    code: never;
  };
  /** 登记回调地址（市级管理员或机构自己）：随即向该地址发送归属挑战 */
  registerWebhook: {
    input: {
      params: {
        partnerId: string;
      };
      body: NewWebhook;
      idempotencyKey?: string;
    };
    answer: Webhook;
    code: 'not_found' | 'state_conflict' | 'already_exists' | 'url_refused';
  };
  /** 列出一家机构未终止的回调地址 */
  listWebhooks: {
    input: {
      params: {
        partnerId: string;
      };
      query?: {
        pageSize?: number;
        cursor?: string;
      };
    };
    answer: {
      items: Webhook[];
      nextCursor: string | null;
    };
    code: 'not_found';
  };
  /** 查看一个回调地址 */
  getWebhook: {
    input: {
      params: {
        partnerId: string;
        webhookId: string;
      };
    };
    answer: Webhook;
    code: 'not_found';
  };
  /** 终止回调地址：未送达的不再发送 */
  endWebhook: {
    input: {
      params: {
        partnerId: string;
        webhookId: string;
      };
      idempotencyKey?: string;
    };
    answer: undefined;
    code: 'not_found' | 'state_conflict';
  };
  /** 再次发送归属挑战 */
  challengeWebhook: {
    input: {
      params: {
        partnerId: string;
        webhookId: string;
      };
      body?: Record<string, never>;
      idempotencyKey?: string;
    };
    answer: Webhook;
    code: 'not_found' | 'state_conflict';
  };
  /** 恢复已停用的回调地址：积压的投递随即到期，按原次序发出 */
  resumeWebhook: {
    input: {
      params: {
        partnerId: string;
        webhookId: string;
      };
      body?: Record<string, never>;
      idempotencyKey?: string;
    };
    answer: Webhook;
    code: 'not_found' | 'state_conflict';
  };
  /** 更换 v1 密钥：只在此次答复中给出，旧密钥再用 24 小时 */
  renewWebhookSecret: {
    input: {
      params: {
        partnerId: string;
        webhookId: string;
      };
      body?: Record<string, never>;
      idempotencyKey?: string;
    };
    answer: Webhook;
    code: 'not_found' | 'state_conflict';
  };
  /** 列出对一家机构的投递及历次尝试，最近的在前 */
  listDeliveries: {
    input: {
      params: {
        partnerId: string;
      };
      query?: {
        pageSize?: number;
        cursor?: string;
        status?: 'pending' | 'delivered' | 'exhausted';
        webhookId?: string;
      };
    };
    answer: {
      items: Delivery[];
      nextCursor: string | null;
    };
    code: 'not_found';
  };
  /** 重发已送达或已用尽次数的投递：正文与 webhook-id 不变 */
  replayDelivery: {
    input: {
      params: {
        partnerId: string;
        deliveryId: string;
      };
      body?: Record<string, never>;
      idempotencyKey?: string;
    };
    answer: Delivery;
    code: 'not_found' | 'state_conflict';
  };
  /** 某日（Asia/Shanghai）与一家机构有关的全部业务事件、各类合计与摘要；机构取自己的，人员须指明机构 */
  getReconciliation: {
    input: {
      params: {
        /** 法定日期（Asia/Shanghai） */ date: string;
      };
      query?: {
        /** 哪家机构；机构自己可不填 */ partnerId?: string;
        pageSize?: number;
        cursor?: string;
      };
    };
    answer: Reconciliation;
    code: 'not_found';
  };
  /** 在保贷款：分担状态、剩余责任、最近月报；银行只见本行，县区、园区、企业只见本级 */
  listExposures: {
    input: {
      params: {
        fundId: string;
      };
      query?: {
        pageSize?: number;
        cursor?: string;
        phase?: CoverPhase;
        bankId?: string;
      };
    };
    answer: {
      items: Exposure[];
      nextCursor: string | null;
    };
    code: 'not_found';
  };
  /** 还能纳入多少：总额度与已用、各银行额度、距熔断线多远；银行只见本行 */
  getCapacity: {
    input: {
      params: {
        fundId: string;
      };
    };
    answer: Capacity;
    code: 'not_found';
  };
  /** 自上次封存以来逐条重算：哈希、链、借贷、余额 */
  getProof: {
    input: {
      params: {
        fundId: string;
      };
    };
    answer: Proof;
    code: 'not_found';
  };
  /** 申请代偿（银行）：一笔贷款一次，退回或驳回后可注明 previousClaimId 重新申请 */
  fileClaim: {
    input: {
      body: NewClaim;
      idempotencyKey?: string;
    };
    answer: FiledClaim;
    code: 'not_found' | 'already_exists' | 'state_conflict' | 'loan_not_covered' | 'trigger_not_met' | 'claim_window_over' | 'documents_missing' | 'loss_above_outstanding' | 'ip_share_below_min';
  };
  /** 列出代偿申请，最近的在前；各见其所及 */
  listClaims: {
    input: {
      query?: {
        pageSize?: number;
        cursor?: string;
        status?: ClaimStatus;
      };
    };
    answer: {
      items: ListedClaim[];
      nextCursor: string | null;
    };
    code: never;
  };
  /** 申请前自查（银行）：会因何被退回、以往因何被退回、各方应担多少，不留任何记录 */
  checkClaim: {
    input: {
      body: NewClaim;
      idempotencyKey?: string;
    };
    answer: ClaimCheck;
    code: 'not_found';
  };
  /** 查看一件代偿申请：各方应担、已付、待拨、已退、净承担，及全部经过 */
  getClaim: {
    input: {
      params: {
        claimId: string;
      };
    };
    answer: Claim;
    code: 'not_found';
  };
  /** 报告回收（银行）：扣除费用后按方案次序分配，同一编号只入账一次 */
  recordRecovery: {
    input: {
      params: {
        claimId: string;
      };
      body: NewRecovery;
      idempotencyKey?: string;
    };
    answer: RecoveryShared;
    code: 'not_found' | 'already_exists' | 'state_conflict';
  };
  /** 撤回误报的回收（银行）：限该申请最近一笔，以反向分录入账，原分录保留 */
  reverseRecovery: {
    input: {
      params: {
        claimId: string;
      };
      body: NewReversal;
      idempotencyKey?: string;
    };
    answer: ReversedRecovery;
    code: 'not_found' | 'state_conflict' | 'fund_balance_exceeded';
  };
  /** 查看一次垫付清算 */
  getSettlement: {
    input: {
      params: {
        claimId: string;
        id: string;
      };
    };
    answer: Proposal;
    code: 'not_found';
  };
  /** 查看一次核销 */
  getWriteOff: {
    input: {
      params: {
        claimId: string;
        id: string;
      };
    };
    answer: Proposal;
    code: 'not_found';
  };
  /** 待办期限，最先到期的在前；银行只见自己的。跨入未公布日历的期限注明暂计 */
  listClaimDeadlines: {
    input: {
      query?: {
        pageSize?: number;
        cursor?: string;
      };
    };
    answer: {
      items: OpenDeadline[];
      nextCursor: string | null;
    };
    code: never;
  };
  /** 担保、保险机构确认自己分担的部分：与应担不同的照记并注明差异，不涉及基金资金 */
  confirmShare: {
    input: {
      params: {
        claimId: string;
      };
      body: NewConfirmation;
      idempotencyKey?: string;
    };
    answer: PartyConfirmation;
    code: 'not_found' | 'already_exists' | 'state_conflict';
  };
  /** 银行报送自己的代偿清单，逐件核对并列出差异；同一清单结果不变 */
  checkClaimList: {
    input: {
      body: ClaimList;
      idempotencyKey?: string;
    };
    answer: ClaimListChecked;
    code: 'not_found';
  };
  /** 一家银行与一个基金历次核对的结果，最近的在前；银行看自己的，人员须指明银行 */
  listClaimReconciliations: {
    input: {
      query: {
        pageSize?: number;
        cursor?: string;
        /** 哪个基金 */ fundId: string;
        /** 哪家银行；银行自己可不填 */ partnerId?: string;
      };
    };
    answer: {
      items: ClaimListChecked[];
      nextCursor: string | null;
    };
    code: 'not_found';
  };
  /** 试算：按一个方案分担一笔损失并退还其后的回收，与真实代偿同一套算法，不留任何记录 */
  simulateClaim: {
    input: {
      body: SimulationRequest;
      idempotencyKey?: string;
    };
    answer: SimulationAnswer;
    code: never;
  };
  /** 入池备案：违约前将一笔知识产权质押贷款备案给基金 */
  fileLoan: {
    input: {
      body: NewLoan;
      idempotencyKey?: string;
    };
    answer: FiledLoan;
    code: 'already_exists' | 'enterprise_not_listed' | 'fund_unknown' | 'programme_not_in_force' | 'term_above_max' | 'rate_above_ceiling' | 'ip_share_below_min' | 'right_already_pledged' | 'debt_outlives_right' | 'filed_after_default' | 'product_not_available';
  };
  /** 列出可见的贷款，最近备案的在前 */
  listLoans: {
    input: {
      query?: {
        pageSize?: number;
        cursor?: string;
        status?: 'active' | 'overdue' | 'compensated' | 'in-recovery' | 'renewed' | 'settled' | 'written-off';
        /** 统一社会信用代码（18 位，GB 32100-2015） */ uscc?: string;
      };
    };
    answer: {
      items: ListedLoan[];
      nextCursor: string | null;
    };
    code: never;
  };
  /** 查看一笔贷款：质押组合及各项权利的状态、分担、经过 */
  getLoan: {
    input: {
      params: {
        loanId: string;
      };
    };
    answer: Loan;
    code: 'not_found';
  };
  /** 报送一项权利的登记、新的价值、注销或灭失；带 valueFen 与 valuedOn 的新权利加入质押 */
  changeAsset: {
    input: {
      params: {
        loanId: string;
        kind: RightKind;
        number: string;
      };
      body: AssetChange;
      idempotencyKey?: string;
    };
    answer: ChangedAsset;
    code: 'not_found' | 'state_conflict' | 'right_already_pledged' | 'debt_outlives_right';
  };
  /** 报送贷款月报（银行）：有疑点照收，即时列出，限下一个工作日前核实 */
  reportLoan: {
    input: {
      params: {
        loanId: string;
      };
      body: MonthlyReport;
      idempotencyKey?: string;
    };
    answer: ReportAnswer;
    code: 'not_found' | 'already_exists';
  };
  /** 列出一笔贷款的月报及各期疑点，报告日最近的在前 */
  listReports: {
    input: {
      params: {
        loanId: string;
      };
      query?: {
        pageSize?: number;
        cursor?: string;
      };
    };
    answer: {
      items: FiledReport[];
      nextCursor: string | null;
    };
    code: 'not_found';
  };
  /** 列出某月尚缺月报的贷款，缺报最早的在前 */
  listMissingReports: {
    input: {
      query: {
        /** 月份 */ month: string;
        pageSize?: number;
        cursor?: string;
      };
    };
    answer: {
      items: MissingReport[];
      nextCursor: string | null;
    };
    code: never;
  };
  /** 列出贷款的待办事项（缺月报、年费、权利到期、未登记、评估过期、出名单等），最近发现的在前 */
  listLoanWatches: {
    input: {
      query?: {
        state?: 'open' | 'cleared';
        code?: WatchCode;
        pageSize?: number;
        cursor?: string;
      };
    };
    answer: {
      items: LoanWatch[];
      nextCursor: string | null;
    };
    code: never;
  };
  /** 续贷（银行）：到期前以新的一笔接续，原质押整体转至新的一笔 */
  renewLoan: {
    input: {
      params: {
        loanId: string;
      };
      body: Renewal;
      idempotencyKey?: string;
    };
    answer: RenewedLoan;
    code: 'not_found' | 'already_exists' | 'state_conflict' | 'enterprise_not_listed' | 'fund_unknown' | 'programme_not_in_force' | 'term_above_max' | 'rate_above_ceiling' | 'ip_share_below_min' | 'right_already_pledged' | 'debt_outlives_right' | 'filed_after_default' | 'product_not_available';
  };
  /** 核销贷款（银行）：须已报为损失类；质押权利不因此解除 */
  writeOffLoan: {
    input: {
      params: {
        loanId: string;
      };
      body: {
        /** 法定日期（Asia/Shanghai） */ on: string;
        reason: string;
      };
      idempotencyKey?: string;
    };
    answer: {
      loanId: string;
      status: 'written-off';
      /** 法定日期（Asia/Shanghai） */ on: string;
    };
    code: 'not_found' | 'state_conflict' | 'already_exists';
  };
  /** 登记尽职免责材料（银行）：只存摘要，原件由银行保管 */
  addEvidence: {
    input: {
      params: {
        loanId: string;
      };
      body: Evidence;
      idempotencyKey?: string;
    };
    answer: {
      loanId: string;
      evidence: Evidence[];
    };
    code: 'not_found' | 'state_conflict' | 'already_exists';
  };
  /** 知识产权质押贷款不良率与容忍度：本行全部贷款不良率加三个百分点（含） */
  getNplMeter: {
    input: {
      query?: {
        partnerId?: string;
      };
    };
    answer: NplMeter;
    code: 'not_found';
  };
  /** 登记本行当年的知识产权质押单列信贷计划（银行） */
  setCreditPlan: {
    input: {
      params: {
        year: string;
      };
      body: CreditPlan;
      idempotencyKey?: string;
    };
    answer: CreditPlanView;
    code: never;
  };
  /** 体检：一个质押组合能否登记、弱在何处、失去任一权利后还剩什么，不留任何记录 */
  checkBundle: {
    input: {
      body: BundleCheck;
      idempotencyKey?: string;
    };
    answer: BundleDiagnosis;
    code: 'forbidden';
  };
  /** 评估一项权利并存档：各方法的价值、区间与敏感性、所定价值及经过；取代本行此前对它的评估 */
  recordValuation: {
    input: {
      body: ValuationRequest;
      idempotencyKey?: string;
    };
    answer: Valuation;
    code: 'not_found' | 'state_conflict';
  };
  /** 试算：与评估同一套算法，不留任何记录 */
  tryValuation: {
    input: {
      body: ValuationRequest;
      idempotencyKey?: string;
    };
    answer: Assessment;
    code: never;
  };
  /** 查看一次评估；银行查看自己的，企业查看指明为它的 */
  getValuation: {
    input: {
      params: {
        valuationId: string;
      };
    };
    answer: Valuation;
    code: 'not_found';
  };
  /** 一项权利的历次评估，每家银行的由近及远 */
  listValuations: {
    input: {
      params: {
        kind: RightKind;
        number: string;
      };
      query?: {
        /** 统一社会信用代码（18 位，GB 32100-2015） */ uscc?: string;
        pageSize?: number;
        cursor?: string;
      };
    };
    answer: {
      items: ValuationLine[];
      nextCursor: string | null;
    };
    code: never;
  };
};

export type Allocation = {
  partyId: string;
  /** 金额（分） */ principalFen: number;
  /** 金额（分） */ interestFen: number;
  /** 金额（分） */ penaltyFen: number;
  split?: {
    /** 金额（分） */ cityFen: number;
    /** 金额（分） */ countyFen: number;
  };
};

export type Assessment = {
  inputs: {
    right: ValuedRight;
    purpose: Purpose;
    /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ valuedOn: string;
    legalLife?: {
      /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ expiresOn: string;
    } | {
      months: number;
    };
    methods: Array<{
      method: 'revenue-share';
      revenueFen: Array<{
        /** 金额（分） */ low: number;
        /** 金额（分） */ mode: number;
        /** 金额（分） */ high: number;
      } | number>;
      discount: {
        rateBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
      } | {
        riskFreeBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        technologyBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        marketBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        fundingBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        managementBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
      };
      economicLifeMonths: {
        low: number;
        mode: number;
        high: number;
      } | number;
      shareBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
    } | {
      method: 'royalty';
      revenueFen: Array<{
        /** 金额（分） */ low: number;
        /** 金额（分） */ mode: number;
        /** 金额（分） */ high: number;
      } | number>;
      discount: {
        rateBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
      } | {
        riskFreeBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        technologyBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        marketBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        fundingBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        managementBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
      };
      economicLifeMonths: {
        low: number;
        mode: number;
        high: number;
      } | number;
      royaltyBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
      taxBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
    } | {
      method: 'licence-income';
      fees: Array<{
        feeFen: {
          /** 金额（分） */ low: number;
          /** 金额（分） */ mode: number;
          /** 金额（分） */ high: number;
        } | number;
        collectionBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
      }>;
      contractMonths: number;
      discount: {
        rateBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
      } | {
        riskFreeBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        technologyBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        marketBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        fundingBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        managementBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
      };
    } | {
      method: 'market';
      referenceFen: {
        /** 金额（分） */ low: number;
        /** 金额（分） */ mode: number;
        /** 金额（分） */ high: number;
      } | number;
      factors: Array<{
        name: string;
        factorBps: {
          low: number;
          mode: number;
          high: number;
        } | number;
      }>;
      basis: string;
    } | {
      method: 'cost';
      replacementFen: {
        /** 金额（分） */ low: number;
        /** 金额（分） */ mode: number;
        /** 金额（分） */ high: number;
      } | number;
      depreciationBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
    } | {
      method: 'bank-internal';
      amountFen: {
        /** 金额（分） */ low: number;
        /** 金额（分） */ mode: number;
        /** 金额（分） */ high: number;
      } | number;
      basis: string;
      evidenceDigest: string;
      modelVersion: string;
    }>;
    onlyMethodReason?: string;
    conclusion?: {
      /** 金额（分） */ valueFen: number;
      reason?: string;
    };
    indicators?: {
      /** 得分，0 至 100 */ stability: number;
      /** 得分，0 至 100 */ scope: number;
      /** 得分，0 至 100 */ detectability: number;
      /** 得分，0 至 100 */ dependence: number;
      /** 得分，0 至 100 */ advancement: number;
      /** 得分，0 至 100 */ substitutability: number;
      /** 得分，0 至 100 */ range: number;
      /** 得分，0 至 100 */ independence: number;
      /** 得分，0 至 100 */ maturity: number;
      /** 得分，0 至 100 */ trend: number;
      /** 得分，0 至 100 */ 'remaining-life': number;
      /** 得分，0 至 100 */ competition: number;
      /** 得分，0 至 100 */ 'market-use': number;
      /** 得分，0 至 100 */ operation: number;
    };
    /** 统一社会信用代码（18 位，GB 32100-2015） */ uscc?: string;
    loanId?: string;
    seed: string;
  };
  methodVersion: string;
  inputsDigest: string;
  samples: number;
  results: MethodResultOutput[];
  conclusion: Conclusion;
  indicators?: {
    basis: 'project-template';
    scoreHundredths: number;
    branches: Array<{
      id: 'legal' | 'technical' | 'economic';
      name: string;
      scoreHundredths: number;
    }>;
    items: Array<{
      id: string;
      parent: string;
      name: string;
      weight: number;
      score: number;
    }>;
  };
  pledge: {
    /** 比例（基点，10000 为 100 %） */ ratioCapBps: number;
    /** 金额（分） */ upToFen: number;
  };
  /** 法定日期（Asia/Shanghai） */ validUntil: string;
  told: string[];
};

export type AssetChange = {
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ appliedOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ returnedOn?: string;
  registrationNo?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ registeredOn?: string;
  /** 金额（分） */ valueFen?: number;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ valuedOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ filedOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ grantedOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ publishedOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ firstUsedOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ createdOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ expiresOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ licenceEndsOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ feePaidUntil?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ withdrawnOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ releasedOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ enforcedOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ extinguishedOn?: string;
  cause?: ExtinctionCause;
};

export type Attempt = {
  /** 时刻（UTC，毫秒） */ at: string;
  outcome: 'delivered' | 'failed';
  httpStatus?: number;
  milliseconds: number;
  reason?: string;
};

export type Because = {
  reason: string;
};

export type Bundle = {
  state: 'partial' | 'complete' | 'degraded' | 'released';
  valueFen: number;
  /** 法定日期（Asia/Shanghai） */ registeredOn?: string;
  assets: BundledRight[];
};

export type BundleCheck = {
  loan: {
    /** 金额（分） */ principalFen: number;
    /** 比例（基点，10000 为 100 %） */ ipPartBps?: number;
    /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ disbursedOn?: string;
    /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ maturesOn: string;
    /** 统一社会信用代码（18 位，GB 32100-2015） */ uscc?: string;
    loanId?: string;
  };
  assets: Array<{
    kind: RightKind;
    number: string;
    /** 金额（分） */ valueFen: number;
    /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ valuedOn: string;
    registrationNo?: string;
    /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ registeredOn?: string;
    /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ filedOn?: string;
    /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ grantedOn?: string;
    /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ publishedOn?: string;
    /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ firstUsedOn?: string;
    /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ createdOn?: string;
    /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ expiresOn?: string;
    /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ licenceEndsOn?: string;
    /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ feePaidUntil?: string;
    /** 出质人为登记的权利人；不填为未知 */ pledgorIsOwner?: boolean;
    /** 已授权或核准注册（填了 grantedOn 即为已授权）；不填为未知 */ granted?: boolean;
    /** 权利存续，未终止、放弃、被宣告无效或撤销；不填为未知 */ inForce?: boolean;
    /** 因权属纠纷中止或被财产保全；不填为未知 */ suspended?: boolean;
    /** 质押合同要件齐备；不填为未知 */ contractComplete?: boolean;
    /** 出质人以外的共有人数；不填为未知 */ coOwners?: number;
    /** 全体共有人书面同意，或另有约定；不填为未知 */ coOwnersConsent?: boolean;
    /** 登记簿上已被质押且仍在质押期间；不填为未知 */ pledged?: boolean;
    /** 实用新型：同一申请人同日另申请了发明；不填为未知 */ sameDayInvention?: boolean;
    /** 已启动无效宣告或撤销程序；不填为未知 */ invalidationPending?: boolean;
    /** 商标：相同或类似商品上的相同、近似商标已一并质押；不填为未知 */ similarMarksIncluded?: boolean;
    /** 许可收益：被许可人已确认应付许可费；不填为未知 */ debtorConfirmed?: boolean;
    /** 许可收益：已转让或保理；不填为未知 */ assigned?: boolean;
    /** 许可收益：质押登记所在的登记系统 */ register?: 'zhongdeng' | 'other';
    /** 存在其他不予登记的情形；不填为未知 */ otherObstacle?: boolean;
    /** 同族编号：同族的权利视为同时失效 */ family?: string;
  }>;
  acknowledgements?: Array<{
    kind: RightKind;
    number: string;
    /** 双方当事人被告知并仍愿质押的情形 */ ground: 'same-day-invention' | 'invalidation-pending' | 'debtor-unconfirmed';
    /** 法定日期（Asia/Shanghai） */ acknowledgedOn: string;
    digest: string;
  }>;
  override?: {
    reason: string;
  };
};

export type BundleDiagnosis = {
  outcome: 'stop' | 'warn' | 'clear';
  /** 法定日期（Asia/Shanghai） */ checkedOn: string;
  findings: Array<{
    severity: 'stop' | 'warn' | 'note';
    code: string;
    /** 权利在 assets 中的位置，自 0 起 */ asset?: number;
    ground?: {
      authority: 'patent-register' | 'trademark-register' | 'copyright-register' | 'layout-register' | 'zhongdeng';
      number: number;
    };
    message: string;
    cure?: string;
  }>;
  rights: Array<{
    kind: RightKind;
    number: string;
    authority: 'patent-register' | 'trademark-register' | 'copyright-register' | 'layout-register' | 'zhongdeng';
    life: {
      /** 法定日期（Asia/Shanghai） */ earliest?: string;
      /** 法定日期（Asia/Shanghai） */ latest?: string;
      basis: string;
      asksFor?: string;
      renewal?: {
        /** 法定日期（Asia/Shanghai） */ from: string;
        /** 法定日期（Asia/Shanghai） */ until: string;
      };
    };
    checks: Array<{
      number: number;
      code: string;
      answer: 'pass' | 'fail' | 'unknown';
      /** 法定日期（Asia/Shanghai） */ acknowledgedOn?: string;
    }>;
    fees: Array<{
      patentYear: number;
      /** 法定日期（Asia/Shanghai） */ dueOn: string;
      /** 法定日期（Asia/Shanghai） */ lateUntil: string;
      paid: boolean | 'unknown';
    }>;
  }>;
  pledge: {
    /** 金额（分） */ loanFen: number;
    /** 金额（分） */ valueFen: number;
    ratioBps: number | null;
    capBps: number | null;
    /** 金额（分） */ maxLoanFen: number;
    withinCap: boolean;
    covered: boolean;
  };
  falls: Array<{
    of: {
      /** 权利在 assets 中的位置，自 0 起 */ asset: number;
    } | {
      family: string;
    };
    /** 金额（分） */ lostFen: number;
    left: {
      /** 金额（分） */ valueFen: number;
      ratioBps: number | null;
      capBps: number | null;
      /** 金额（分） */ maxLoanFen: number;
      withinCap: boolean;
      covered: boolean;
    };
    breaks: Array<'ratio-cap' | 'value-below-loan'>;
  }>;
};

export type BundledRight = {
  kind: RightKind;
  number: string;
  /** 金额（分） */ valueFen: number;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ valuedOn: string;
  registrationNo?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ registeredOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ filedOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ grantedOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ publishedOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ firstUsedOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ createdOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ expiresOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ licenceEndsOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ feePaidUntil?: string;
  state: 'draft' | 'applied' | 'correction' | 'registered' | 'withdrawn' | 'released' | 'extinguished' | 'enforced';
  /** 法定日期（Asia/Shanghai） */ appliedOn?: string;
  /** 法定日期（Asia/Shanghai） */ returnedOn?: string;
  /** 法定日期（Asia/Shanghai） */ endedOn?: string;
  cause?: ExtinctionCause;
};

export type Capacity = {
  fundId: string;
  programmeVersion?: number;
  leverage: number;
  /** 金额（分） */ capacityFen: number;
  /** 金额（分） */ exposureFen: number;
  /** 金额（分） */ roomFen: number;
  usedBps: number | null;
  suspended: boolean;
  byBank: Array<{
    bankId: string;
    /** 金额（分） */ exposureFen: number;
    /** 金额（分） */ quotaFen?: number;
    /** 金额（分） */ roomFen: number;
    suspended: boolean;
    npl?: {
      bps: number;
      warnBps: number;
      stopBps: number;
      level: 'fine' | 'warn' | 'stop';
      toStopBps: number;
    };
  }>;
  netPaid?: {
    bps: number;
    warnBps: number;
    stopBps: number;
    level: 'fine' | 'warn' | 'stop';
    toStopBps: number;
  };
};

export type CaseFacts = {
  /** 金额（分） */ outstandingFen: number;
  /** 比例（基点，10000 为 100 %） */ ipPartBps?: number;
  /** 金额（分） */ netRecoveredBeforeFen?: number;
  /** 比例（基点，10000 为 100 %） */ annualRateBps?: number;
  /** 金额（分） */ interestDueFen?: number;
  /** 金额（分） */ penaltyDueFen?: number;
  /** 金额（分） */ revenueFen?: number;
  /** 金额（分） */ enterprisePaidBeforeFen?: number;
  /** 金额（分） */ bankYearPaidBeforeFen?: number;
  /** 金额（分） */ bankPreviousBalanceFen?: number;
  /** 金额（分） */ fundAvailableFen?: number;
  /** 金额（分） */ countyAvailableFen?: number;
};

export type ChangedAsset = {
  loanId: string;
  asset: BundledRight;
  bundle: 'partial' | 'complete' | 'degraded' | 'released';
  cover: Cover;
};

export type Claim = {
  claimId: string;
  loanId: string;
  fundId: string;
  partnerId: string;
  uscc: string;
  programmeVersion: number;
  status: ClaimStatus;
  trigger: {
    mode: 'npl-classified' | 'overdue-days' | 'suit-filed' | 'disposal-done';
    /** 法定日期（Asia/Shanghai） */ asOf: string;
  };
  /** 金额（分） */ lossPrincipalFen: number;
  /** 金额（分） */ netRecoveredFen: number;
  /** 金额（分） */ interestDueFen: number;
  /** 金额（分） */ penaltyDueFen: number;
  /** 金额（分） */ baseFen: number;
  prePosition: boolean;
  documents: Array<{
    /** 材料种类；必备：loan-contract、disbursement-voucher、pledge-registration、overdue-proof、computation-sheet、recovery-commitment */ kind: string;
    digest: string;
  }>;
  previousClaimId?: string;
  /** 法定日期（Asia/Shanghai） */ filedOn: string;
  /** 法定日期（Asia/Shanghai） */ decidedOn?: string;
  /** 法定日期（Asia/Shanghai） */ paidOn?: string;
  /** 法定日期（Asia/Shanghai） */ settledOn?: string;
  /** 法定日期（Asia/Shanghai） */ writtenOffOn?: string;
  /** 法定日期（Asia/Shanghai） */ closedOn?: string;
  /** 法定日期（Asia/Shanghai） */ settleBy?: string;
  decision?: {
    decision: 'approve' | 'reject' | 'return';
    reason: string;
    codes: Array<'document-missing' | 'document-unreadable' | 'document-outdated' | 'amount-unsupported' | 'computation-wrong' | 'recovery-not-deducted' | 'trigger-unproved' | 'pledge-defective' | 'wrong-loan' | 'other'>;
  };
  parties: Array<{
    partyId: string;
    /** 金额（分） */ entitledFen: number;
    /** 金额（分） */ paidFen: number;
    /** 金额（分） */ pendingFen: number;
    /** 金额（分） */ refundedFen: number;
    burdenFen: number;
    /** 市县各自净承担；cityClaimOnCountyFen 为市级代付而可向县区追回的 */ split?: {
      /** 金额（分） */ cityFen: number;
      /** 金额（分） */ countyFen: number;
      /** 金额（分） */ cityClaimOnCountyFen: number;
    };
  }>;
  proposals: Array<{
    kind: 'settlement' | 'write-off';
    claimId: string;
    id: string;
    status: 'proposed' | 'approved' | 'superseded';
    /** 金额（分） */ topUpFen?: number;
    /** 金额（分） */ clawBackFen?: number;
    /** 金额（分） */ writtenOffFen?: number;
    /** 时刻（UTC，毫秒） */ proposedAt: string;
    /** 时刻（UTC，毫秒） */ approvedAt?: string;
  }>;
  events: Array<{
    seq: number;
    /** 时刻（UTC，毫秒） */ at: string;
    /** 法定日期（Asia/Shanghai） */ on: string;
    type: 'filed' | 'returned' | 'rejected' | 'approved' | 'paid' | 'replenished' | 'recovery' | 'recovery-reversed' | 'settlement-proposed' | 'settled' | 'write-off-proposed' | 'written-off' | 'closed';
    reference?: string;
    source?: string;
    /** 金额（分） */ grossFen?: number;
    /** 金额（分） */ costsFen?: number;
    /** 金额（分） */ netFen?: number;
    /** 金额（分） */ shortfallFen?: number;
    /** 金额（分） */ surplusToPledgorFen?: number;
    /** 金额（分） */ paidFen?: number;
    /** 金额（分） */ topUpFen?: number;
    /** 金额（分） */ clawBackFen?: number;
    /** 金额（分） */ writtenOffFen?: number;
  }>;
  deadlines: ClaimDeadline[];
  confirmations: PartyConfirmation[];
};

export type ClaimCheck = {
  admissible: boolean;
  findings: Array<{
    code: string;
    pointer: string;
    message: string;
  }>;
  entitlement: Array<{
    partyId: string;
    /** 金额（分） */ dueFen: number;
  }>;
  pastReturns: {
    filed: number;
    returned: number;
    codes: Array<{
      code: 'document-missing' | 'document-unreadable' | 'document-outdated' | 'amount-unsupported' | 'computation-wrong' | 'recovery-not-deducted' | 'trigger-unproved' | 'pledge-defective' | 'wrong-loan' | 'other';
      count: number;
      message: string;
    }>;
  };
};

export type ClaimDeadline = {
  code: 'initial-review' | 'decision' | 'payment' | 'settlement' | 'refund';
  duty: 'city-reviewer' | 'city-admin' | 'bank';
  reference?: string;
  /** 法定日期（Asia/Shanghai） */ startedOn: string;
  /** 法定日期（Asia/Shanghai） */ dueOn: string;
  provisional: boolean;
  /** 法定日期（Asia/Shanghai） */ doneOn?: string;
  state: 'open' | 'due-soon' | 'late' | 'done' | 'done-late';
  workingDaysLeft?: number;
};

export type ClaimList = {
  fundId: string;
  /** 法定日期（Asia/Shanghai） */ asOf: string;
  claims: Array<{
    claimId?: string;
    loanId?: string;
    /** 金额（分） */ entitledFen: number;
    /** 金额（分） */ paidFen: number;
    /** 金额（分） */ refundedFen: number;
    status: ClaimStatus;
  }>;
};

export type ClaimListChecked = {
  fundId: string;
  partnerId: string;
  /** 法定日期（Asia/Shanghai） */ asOf: string;
  digest: string;
  /** 时刻（UTC，毫秒） */ checkedAt: string;
  agrees: boolean;
  bank: {
    claims: number;
    /** 金额（分） */ entitledFen: number;
    /** 金额（分） */ paidFen: number;
    /** 金额（分） */ refundedFen: number;
  };
  fund: {
    claims: number;
    /** 金额（分） */ entitledFen: number;
    /** 金额（分） */ paidFen: number;
    /** 金额（分） */ refundedFen: number;
  };
  differences: Array<{
    code: 'missing-here' | 'missing-there' | 'twice-there' | 'status' | 'amount-entitled' | 'amount-paid' | 'amount-refunded';
    claimId?: string;
    loanId?: string;
    /** 金额（分） */ bankFen?: number;
    /** 金额（分） */ fundFen?: number;
    bankStatus?: ClaimStatus;
    fundStatus?: ClaimStatus;
    movedSince: boolean;
  }>;
};

export type ClaimStatus = 'filed' | 'approved' | 'advanced' | 'pending-funds' | 'paid' | 'settled' | 'written-off' | 'closed' | 'returned' | 'rejected';

export type Classification = 'normal' | 'special-mention' | 'substandard' | 'doubtful' | 'loss';

export type Conclusion = {
  /** 金额（分） */ valueFen: number;
  how: 'only-method' | 'mean' | 'chosen';
  reason?: string;
  outsideEveryRange: boolean;
  /** 金额（分） */ lowFen: number;
  /** 金额（分） */ highFen: number;
  /** 金额（分） */ spreadFen: number;
  spreadBps: number | null;
};

export type Confirmation = {
  /** 金额（分） */ amountFen: number;
  /** 法定日期（Asia/Shanghai） */ paidOn?: string;
  /** 机构自己对这笔的编号 */ reference: string;
  /** 时刻（UTC，毫秒） */ at: string;
};

export type Cover = {
  fundId: string;
  programmeVersion: number;
  /** 金额（分） */ eligibleFen: number;
  /** 比例（基点，10000 为 100 %） */ shareBps: number;
  status: 'pending' | 'covered' | 'refused';
  reason?: CoverReason;
};

export type CoverPhase = 'live' | 'over';

export type CoverReason = 'registration-missing' | 'fund-suspended' | 'bank-suspended' | 'bank-quota-exhausted' | 'capacity-exhausted';

export type CoverRefusal = 'fund-suspended' | 'bank-suspended' | 'bank-quota-exhausted' | 'capacity-exhausted';

export type CreditPlan = {
  /** 金额（分） */ planFen: number;
  customers?: number;
};

export type CreditPlanView = {
  year: number;
  partnerId: string;
  /** 金额（分） */ planFen: number;
  customers?: number;
};

export type Delivery = {
  deliveryId: string;
  webhookId: string;
  type: string;
  eventId?: string;
  subject: string;
  sequence: number;
  status: 'pending' | 'delivered' | 'exhausted';
  /** 时刻（UTC，毫秒） */ createdAt: string;
  /** 时刻（UTC，毫秒） */ nextAttemptAt?: string;
  /** 时刻（UTC，毫秒） */ deliveredAt?: string;
  attempts: Attempt[];
};

export type DisabledReason = 'gone' | 'failing';

export type EntryStatus = 'listed' | 'suspended' | 'removed' | 'expired';

export type Evidence = {
  kind: EvidenceKind;
  digest: string;
  /** 法定日期（Asia/Shanghai） */ on: string;
};

export type EvidenceKind = 'investigation' | 'valuation-review' | 'approval' | 'disbursement-check' | 'post-loan-inspection' | 'risk-notice' | 'collection' | 'other';

export type Exposure = {
  loanId: string;
  bankId: string;
  /** 统一社会信用代码（18 位，GB 32100-2015） */ uscc: string;
  /** 六位行政区划代码 */ divisionCode: string;
  programmeVersion: number;
  cover: 'pending' | 'covered' | 'refused' | 'released';
  refusal?: CoverRefusal;
  /** 金额（分） */ principalFen: number;
  /** 金额（分） */ eligibleFen: number;
  /** 金额（分） */ exposureFen: number;
  /** 金额（分） */ outstandingFen: number;
  classification: Classification;
  overdueDays: number;
  /** 法定日期（Asia/Shanghai） */ asOf?: string;
  /** 法定日期（Asia/Shanghai） */ nonPerformingSince?: string;
  /** 法定日期（Asia/Shanghai） */ overdueSince?: string;
  claimId?: string;
  /** 法定日期（Asia/Shanghai） */ disbursedOn: string;
  /** 法定日期（Asia/Shanghai） */ maturesOn: string;
  /** 法定日期（Asia/Shanghai） */ filedOn: string;
  /** 法定日期（Asia/Shanghai） */ registeredOn?: string;
  /** 法定日期（Asia/Shanghai） */ endedOn?: string;
};

export type ExtinctionCause = 'expired' | 'invalidated' | 'fee-unpaid' | 'other';

export type FiledClaim = {
  claimId: string;
  status: 'filed';
  entitlement: Array<{
    partyId: string;
    /** 金额（分） */ dueFen: number;
  }>;
};

export type FiledLoan = {
  loanId: string;
  cover: Cover;
};

export type FiledReport = {
  /** 日期（Asia/Shanghai），2000-01-01 至 2199-12-31 */ asOf: string;
  /** 金额（分） */ outstandingFen: number;
  overdueDays: number;
  classification: Classification;
  /** 比例（基点，10000 为 100 %） */ allLoansNplBps?: number;
  exceptions: ReportException[];
  /** 法定日期（Asia/Shanghai） */ receivedOn: string;
};

export type HistoryRow = {
  /** 时刻（UTC，毫秒） */ at: string;
  action: string;
  outcome: string;
  about?: string;
};

export type IpFactsView = {
  /** 统一社会信用代码（18 位，GB 32100-2015） */ uscc: string;
  purpose: LoanPurpose;
  validRights: {
    status: 'known' | 'unknown';
    total?: number;
    byKind?: Array<{
      kind: 'invention' | 'utility-model' | 'design' | 'trademark' | 'copyright' | 'software' | 'ic-layout';
      count: number;
    }>;
    origin?: {
      source: 'credit' | 'ip';
      recordId: string;
      /** 时刻（UTC，毫秒） */ observedAt: string;
      /** 时刻（UTC，毫秒） */ confirmedAt: string;
    };
    cause?: 'no-consent' | 'not-answered' | 'unknown-there' | 'no-source';
  };
  validInventions: {
    status: 'known' | 'unknown';
    total?: number;
    unpledged?: number;
    origin?: {
      source: 'credit' | 'ip';
      recordId: string;
      /** 时刻（UTC，毫秒） */ observedAt: string;
      /** 时刻（UTC，毫秒） */ confirmedAt: string;
    };
    cause?: 'no-consent' | 'not-answered' | 'unknown-there' | 'no-source';
  };
  ipCredit: {
    status: 'clear' | 'listed' | 'unknown';
    origin?: {
      source: 'credit' | 'ip';
      recordId: string;
      /** 时刻（UTC，毫秒） */ observedAt: string;
      /** 时刻（UTC，毫秒） */ confirmedAt: string;
    };
    cause?: 'no-consent' | 'not-answered' | 'unknown-there' | 'no-source';
  };
  abnormalFilings: {
    status: 'unknown';
    cause: 'no-source';
  };
};

export type ListedClaim = {
  claimId: string;
  loanId: string;
  fundId: string;
  partnerId: string;
  uscc: string;
  status: ClaimStatus;
  /** 金额（分） */ lossPrincipalFen: number;
  /** 法定日期（Asia/Shanghai） */ filedOn: string;
  /** 法定日期（Asia/Shanghai） */ decidedOn?: string;
  /** 法定日期（Asia/Shanghai） */ paidOn?: string;
  /** 法定日期（Asia/Shanghai） */ settleBy?: string;
};

export type ListedLoan = {
  loanId: string;
  partnerId: string;
  bankLoanNo: string;
  /** 统一社会信用代码（18 位，GB 32100-2015） */ uscc: string;
  /** 六位行政区划代码 */ divisionCode: string;
  /** 园区编号 */ parkId?: string;
  productId?: string;
  /** 金额（分） */ principalFen: number;
  /** 比例（基点，10000 为 100 %） */ ipPartBps: number;
  /** 比例（基点，10000 为 100 %） */ annualRateBps: number;
  /** 法定日期（Asia/Shanghai） */ disbursedOn: string;
  /** 法定日期（Asia/Shanghai） */ maturesOn: string;
  /** 法定日期（Asia/Shanghai） */ filedOn: string;
  status: 'active' | 'overdue' | 'compensated' | 'in-recovery' | 'renewed' | 'settled' | 'written-off';
  cover: Cover;
  renews?: string;
  renewedBy?: string;
  lastReport?: LoanStanding;
  claimId?: string;
  bundle: 'partial' | 'complete' | 'degraded' | 'released';
};

export type Loan = {
  loanId: string;
  partnerId: string;
  bankLoanNo: string;
  /** 统一社会信用代码（18 位，GB 32100-2015） */ uscc: string;
  /** 六位行政区划代码 */ divisionCode: string;
  /** 园区编号 */ parkId?: string;
  productId?: string;
  /** 金额（分） */ principalFen: number;
  /** 比例（基点，10000 为 100 %） */ ipPartBps: number;
  /** 比例（基点，10000 为 100 %） */ annualRateBps: number;
  /** 法定日期（Asia/Shanghai） */ disbursedOn: string;
  /** 法定日期（Asia/Shanghai） */ maturesOn: string;
  /** 法定日期（Asia/Shanghai） */ filedOn: string;
  status: 'active' | 'overdue' | 'compensated' | 'in-recovery' | 'renewed' | 'settled' | 'written-off';
  cover: Cover;
  renews?: string;
  renewedBy?: string;
  lastReport?: LoanStanding;
  claimId?: string;
  bundle: Bundle;
  watches: Array<{
    code: WatchCode;
    about: string;
    /** 法定日期（Asia/Shanghai） */ dueOn: string;
    /** 时刻（UTC，毫秒） */ raisedAt: string;
  }>;
  evidence: Evidence[];
  history: HistoryRow[];
};

export type LoanPurpose = 'pre-loan' | 'post-loan';

export type LoanStanding = {
  /** 日期（Asia/Shanghai），2000-01-01 至 2199-12-31 */ asOf: string;
  /** 金额（分） */ outstandingFen: number;
  overdueDays: number;
  classification: Classification;
};

export type LoanWatch = {
  loanId: string;
  partnerId: string;
  code: WatchCode;
  about: string;
  /** 法定日期（Asia/Shanghai） */ dueOn: string;
  state: 'open' | 'cleared';
  /** 时刻（UTC，毫秒） */ raisedAt: string;
  /** 时刻（UTC，毫秒） */ clearedAt?: string;
};

export type MethodResultOutput = {
  method: 'revenue-share' | 'royalty' | 'licence-income' | 'market' | 'cost' | 'bank-internal';
  /** 金额（分） */ valueFen: number;
  range: {
    /** 金额（分） */ lowFen: number;
    /** 金额（分） */ middleFen: number;
    /** 金额（分） */ highFen: number;
    /** 金额（分） */ meanFen: number;
  };
  counted?: {
    months: number;
    endedBy: 'legal-life' | 'economic-life' | 'contract-term' | 'years-given';
  };
  sensitivity: Array<{
    input: string;
    /** 金额（分） */ atLowFen: number;
    /** 金额（分） */ atHighFen: number;
  }>;
};

export type MissingReport = {
  loanId: string;
  partnerId: string;
  bankLoanNo: string;
  /** 月份 */ month: string;
  /** 法定日期（Asia/Shanghai） */ dueOn: string;
  overdue: boolean;
};

export type MonthlyReport = {
  /** 日期（Asia/Shanghai），2000-01-01 至 2199-12-31 */ asOf: string;
  /** 金额（分） */ outstandingFen: number;
  overdueDays: number;
  classification: Classification;
  /** 比例（基点，10000 为 100 %） */ allLoansNplBps?: number;
};

export type NewClaim = {
  loanId: string;
  /** 金额（分） */ lossPrincipalFen: number;
  /** 金额（分） */ interestDueFen?: number;
  /** 金额（分） */ penaltyDueFen?: number;
  /** 金额（分） */ netRecoveredFen?: number;
  /** 金额（分） */ revenueFen?: number;
  trigger: {
    mode: 'npl-classified' | 'overdue-days' | 'suit-filed' | 'disposal-done';
    /** 法定日期（Asia/Shanghai） */ asOf: string;
  };
  documents: Array<{
    /** 材料种类；必备：loan-contract、disbursement-voucher、pledge-registration、overdue-proof、computation-sheet、recovery-commitment */ kind: string;
    digest: string;
  }>;
  prePosition?: boolean;
  previousClaimId?: string;
};

export type NewConfirmation = {
  /** 金额（分） */ amountFen: number;
  /** 法定日期（Asia/Shanghai） */ paidOn?: string;
  /** 机构自己对这笔的编号 */ reference: string;
};

export type NewKey = {
  publicKeyPem: string;
  /** 法定日期（Asia/Shanghai） */ validUntil?: string;
  overlapDays?: number;
};

export type NewLoan = {
  /** 统一社会信用代码（18 位，GB 32100-2015） */ uscc: string;
  bankLoanNo: string;
  productId?: string;
  fundId: string;
  /** 贷款本金（分） */ principalFen: number;
  /** 比例（基点，10000 为 100 %） */ ipPartBps: number;
  /** 比例（基点，10000 为 100 %） */ annualRateBps: number;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ disbursedOn: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ maturesOn: string;
  pledge: {
    assets: PledgedAsset[];
  };
};

export type NewRecovery = {
  /** 金额（分） */ grossFen: number;
  /** 金额（分） */ costsFen: number;
  /** 法定日期（Asia/Shanghai） */ receivedOn: string;
  /** 回收来源 */ source: string;
  /** 银行对这笔回收的编号 */ reference: string;
};

export type NewReversal = {
  /** 银行对这笔回收的编号 */ reference: string;
  reason: string;
};

export type NewWebhook = {
  url: string;
  eventTypes: WebhookEventType[];
  signature?: WebhookSignature;
};

export type NplMeter = {
  partnerId: string;
  ip: {
    /** 法定日期（Asia/Shanghai） */ asOf?: string;
    loans: number;
    nplLoans: number;
    /** 金额（分） */ outstandingFen: number;
    /** 金额（分） */ nplFen: number;
    /** 比例（基点，10000 为 100 %） */ nplBps?: number;
  };
  allLoans?: {
    /** 法定日期（Asia/Shanghai） */ asOf: string;
    /** 比例（基点，10000 为 100 %） */ nplBps: number;
  };
  state: 'within' | 'above' | 'unknown';
  reason?: 'no-loans' | 'all-loans-ratio-missing' | 'all-loans-ratio-old' | 'rule-not-in-force';
  /** 比例（基点，10000 为 100 %） */ toleranceBps?: number;
  /** 比例（基点，10000 为 100 %） */ limitBps?: number;
  /** 比例（基点，10000 为 100 %） */ roomBps?: number;
  /** 金额（分） */ roomFen?: number;
  credit: {
    year: number;
    plan?: CreditPlan;
    /** 金额（分） */ disbursedFen: number;
    loans: number;
    usedBps?: number;
  };
};

export type OpenDeadline = {
  claimId: string;
  loanId: string;
  fundId: string;
  partnerId: string;
  code: 'initial-review' | 'decision' | 'payment' | 'settlement' | 'refund';
  duty: 'city-reviewer' | 'city-admin' | 'bank';
  /** 法定日期（Asia/Shanghai） */ startedOn: string;
  /** 法定日期（Asia/Shanghai） */ dueOn: string;
  provisional: boolean;
  state: 'open' | 'due-soon' | 'late' | 'done' | 'done-late';
  workingDaysLeft?: number;
};

export type OrganisationRole = 'bank' | 'guarantor' | 'insurer';

export type OwnKey = {
  keyid: string;
  use: 'answers' | 'webhooks';
  alg: string;
  publicKeyPem: string;
  state: 'next' | 'active' | 'retired';
  /** 时刻（UTC，毫秒） */ notBefore: string;
  /** 时刻（UTC，毫秒） */ notAfter: string;
};

export type Partner = {
  partnerId: string;
  role: OrganisationRole;
  status: 'proposed' | 'active' | 'suspended';
  name: string;
  /** 来源网段；空即不限 */ networks: string[];
  /** 回调主机 */ webhookHosts: string[];
  /** 客户端证书 SHA-256 指纹 */ clientCertificate?: string;
  proposed?: PartnerAccess;
  proposal?: string;
  /** 时刻（UTC，毫秒） */ createdAt: string;
  suspendedReason?: string;
};

export type PartnerAccess = {
  name: string;
  /** 来源网段；空即不限 */ networks: string[];
  /** 回调主机 */ webhookHosts: string[];
  /** 客户端证书 SHA-256 指纹 */ clientCertificate?: string;
};

export type PartnerKey = {
  keyid: string;
  alg: string;
  state: 'pending' | 'proved' | 'active' | 'retiring' | 'revoked' | 'expired';
  publicKeyPem: string;
  fingerprints: {
    sha256: string;
    sm3: string;
  };
  /** 时刻（UTC，毫秒） */ notBefore?: string;
  /** 时刻（UTC，毫秒） */ notAfter: string;
  /** 时刻（UTC，毫秒） */ submittedAt: string;
  overlapDays: number;
  challenge?: string;
  /** 时刻（UTC，毫秒） */ challengeExpiresAt?: string;
  /** 时刻（UTC，毫秒） */ approvedAt?: string;
  /** 时刻（UTC，毫秒） */ revokedAt?: string;
  reason?: string;
};

export type PartyConfirmation = {
  claimId: string;
  partyId: string;
  /** 金额（分） */ entitledFen: number;
  /** 金额（分） */ confirmedFen: number;
  difference?: 'below-entitlement' | 'above-entitlement';
  confirmations: Confirmation[];
};

export type PledgedAsset = {
  kind: RightKind;
  number: string;
  /** 金额（分） */ valueFen: number;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ valuedOn: string;
  registrationNo?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ registeredOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ filedOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ grantedOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ publishedOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ firstUsedOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ createdOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ expiresOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ licenceEndsOn?: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ feePaidUntil?: string;
};

export type Problem = {
  /** 拒绝的种类，以 code 结尾的地址 */ type: string;
  /** 一句话说明（中文） */ title: string;
  /** HTTP 状态 */ status: number;
  /** 稳定的代码，供程序判断 */ code: string;
  /** 给人看的说明（中文） */ detail: string;
  /** 本次请求的编号 */ requestId: string;
  /** 服务器时刻，可用来校准时钟 */ serverTime: string;
  /** 逐项的字段错误 */ errors?: Array<{
    /** 字段：正文用 JSON 指针 /field，参数用 ?name */ pointer: string;
    /** 错误代码 */ code: string;
    /** 怎样更正（中文） */ message: string;
  }>;
};

export type Proof = {
  entries: number;
  headHash: string;
  trialBalance: number;
  verified: boolean;
  sealedThrough: string | null;
  findings: string[];
};

export type Proposal = {
  claimId: string;
  id: string;
  status: 'proposed' | 'approved' | 'superseded';
  /** 金额（分） */ topUpFen?: number;
  /** 金额（分） */ clawBackFen?: number;
  /** 金额（分） */ writtenOffFen?: number;
  /** 时刻（UTC，毫秒） */ proposedAt: string;
  /** 时刻（UTC，毫秒） */ approvedAt?: string;
};

export type Purpose = 'finance' | 'licence-transfer' | 'reporting' | 'infringement' | 'management' | 'other';

export type Reconciliation = {
  /** 法定日期（Asia/Shanghai） */ date: string;
  partnerId: string;
  complete: boolean;
  rows: number;
  totals: Array<{
    type: string;
    rows: number;
    /** 各金额字段之和（分） */ amounts: Record<string, number>;
  }>;
  digest: string;
  items: Array<{
    eventId: string;
    type: string;
    subject: string;
    sequence: number;
    /** 时刻（UTC，毫秒） */ time: string;
    /** 编号、版本与金额（分） */ data: Record<string, string | number | boolean>;
  }>;
  nextCursor: string | null;
};

export type RecoveryShared = {
  /** 金额（分） */ netFen: number;
  /** 金额（分） */ shortfallFen: number;
  allocations: Allocation[];
  /** 金额（分） */ surplusToPledgorFen: number;
};

export type Renewal = {
  bankLoanNo: string;
  productId?: string;
  fundId: string;
  /** 贷款本金（分） */ principalFen: number;
  /** 比例（基点，10000 为 100 %） */ ipPartBps: number;
  /** 比例（基点，10000 为 100 %） */ annualRateBps: number;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ disbursedOn: string;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ maturesOn: string;
  registration?: 'extended' | 're-registered';
};

export type RenewedLoan = {
  loanId: string;
  cover: Cover;
  renews: string;
  openTo: 'small' | 'small-and-medium';
};

export type ReportAnswer = {
  loanId: string;
  /** 法定日期（Asia/Shanghai） */ asOf: string;
  exceptions: ReportException[];
};

export type ReportException = {
  code: ReportExceptionCode;
  message: string;
  /** 法定日期（Asia/Shanghai） */ dueOn: string;
  provisional?: true;
};

export type ReportExceptionCode = 'outstanding-above-principal' | 'outstanding-rose' | 'overdue-but-normal' | 'classification-better-while-overdue' | 'overdue-days-impossible' | 'matured-but-outstanding' | 'before-disbursement' | 'report-late' | 'report-superseded' | 'reported-after-end' | 'months-missing' | 'pledge-degraded' | 'value-below-outstanding' | 'all-loans-ratio-missing' | 'all-loans-ratio-differs';

export type ReversedRecovery = {
  claimId: string;
  /** 银行对这笔回收的编号 */ reference: string;
  status: ClaimStatus;
};

export type RightKind = 'invention' | 'utility-model' | 'design' | 'trademark' | 'copyright' | 'software' | 'ic-layout' | 'licence-income';

export type SharingTerms = {
  parties: Array<{
    /** 参与方编号；bank 不列入，承担其余 */ id: string;
    kind: 'public' | 'private';
    /** 比例（基点，10000 为 100 %） */ shareBps: number;
    /** 金额（分） */ capFen?: number;
    tiers?: {
      by: 'outstanding' | 'revenue';
      steps: Array<{
        /** 金额（分） */ upToFen: number;
        /** 比例（基点，10000 为 100 %） */ shareBps: number;
      }>;
      above: {
        /** 比例（基点，10000 为 100 %） */ shareBps: number;
      };
    };
    split?: {
      /** 比例（基点，10000 为 100 %） */ countyBps: number;
      countyShortfall: 'city-covers' | 'bank-bears';
    };
  }>;
  /** 金额（分） */ eligiblePerEnterpriseFen?: number;
  /** 比例（基点，10000 为 100 %） */ minIpPartBps?: number;
  /** 比例（基点，10000 为 100 %） */ allLevelsCeilingBps?: number;
  /** 金额（分） */ enterpriseCumulativeCapFen?: number;
  bankYearCap?: {
    /** 比例（基点，10000 为 100 %） */ ofPreviousBalanceBps: number;
    /** 金额（分） */ maxFen: number;
  };
  interestCover?: {
    days: number;
    dayCount: 'actual/360';
  };
  prePosition?: {
    /** 比例（基点，10000 为 100 %） */ advanceBps: number;
  };
  recoveryOrder: 'principal-first' | 'interest-first';
};

export type SimulationAnswer = {
  eligible: boolean;
  reason: 'ip-share-below-min' | null;
  /** 金额（分） */ baseFen: number;
  payments: Array<{
    partyId: string;
    /** 金额（分） */ entitledFen?: number;
    /** 金额（分） */ paidFen: number;
    /** 金额（分） */ pendingFen?: number;
    split?: {
      /** 金额（分） */ cityFen: number;
      /** 金额（分） */ countyFen: number;
      /** 金额（分） */ cityClaimOnCountyFen: number;
    };
  }>;
  events: Array<{
    type: 'recovery';
    /** 金额（分） */ netFen: number;
    /** 金额（分） */ shortfallFen: number;
    allocations: Allocation[];
    /** 金额（分） */ surplusToPledgorFen: number;
  } | {
    type: 'settle';
    /** 金额（分） */ topUpFen: number;
    /** 金额（分） */ clawBackFen: number;
  } | {
    type: 'replenish';
    /** 金额（分） */ paidFen: number;
  }>;
  burdens: Array<{
    partyId: string;
    /** 金额（分）；垫付结算前银行留存的回收超过其承担时，银行一栏为负 */ burdenFen: number;
  }>;
};

export type SimulationRequest = {
  programme: SharingTerms;
  case: CaseFacts;
  events: Array<{
    type: 'recovery';
    /** 金额（分） */ grossFen: number;
    /** 金额（分） */ costsFen: number;
  } | {
    type: 'settle';
  } | {
    type: 'replenish';
    /** 金额（分） */ amountFen: number;
  }>;
};

export type Valuation = {
  valuationId: string;
  partnerId: string;
  inputs: {
    right: ValuedRight;
    purpose: Purpose;
    /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ valuedOn: string;
    legalLife?: {
      /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ expiresOn: string;
    } | {
      months: number;
    };
    methods: Array<{
      method: 'revenue-share';
      revenueFen: Array<{
        /** 金额（分） */ low: number;
        /** 金额（分） */ mode: number;
        /** 金额（分） */ high: number;
      } | number>;
      discount: {
        rateBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
      } | {
        riskFreeBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        technologyBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        marketBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        fundingBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        managementBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
      };
      economicLifeMonths: {
        low: number;
        mode: number;
        high: number;
      } | number;
      shareBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
    } | {
      method: 'royalty';
      revenueFen: Array<{
        /** 金额（分） */ low: number;
        /** 金额（分） */ mode: number;
        /** 金额（分） */ high: number;
      } | number>;
      discount: {
        rateBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
      } | {
        riskFreeBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        technologyBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        marketBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        fundingBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        managementBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
      };
      economicLifeMonths: {
        low: number;
        mode: number;
        high: number;
      } | number;
      royaltyBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
      taxBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
    } | {
      method: 'licence-income';
      fees: Array<{
        feeFen: {
          /** 金额（分） */ low: number;
          /** 金额（分） */ mode: number;
          /** 金额（分） */ high: number;
        } | number;
        collectionBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
      }>;
      contractMonths: number;
      discount: {
        rateBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
      } | {
        riskFreeBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        technologyBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        marketBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        fundingBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
        managementBps: {
          /** 比例（基点，10000 为 100 %） */ low: number;
          /** 比例（基点，10000 为 100 %） */ mode: number;
          /** 比例（基点，10000 为 100 %） */ high: number;
        } | number;
      };
    } | {
      method: 'market';
      referenceFen: {
        /** 金额（分） */ low: number;
        /** 金额（分） */ mode: number;
        /** 金额（分） */ high: number;
      } | number;
      factors: Array<{
        name: string;
        factorBps: {
          low: number;
          mode: number;
          high: number;
        } | number;
      }>;
      basis: string;
    } | {
      method: 'cost';
      replacementFen: {
        /** 金额（分） */ low: number;
        /** 金额（分） */ mode: number;
        /** 金额（分） */ high: number;
      } | number;
      depreciationBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
    } | {
      method: 'bank-internal';
      amountFen: {
        /** 金额（分） */ low: number;
        /** 金额（分） */ mode: number;
        /** 金额（分） */ high: number;
      } | number;
      basis: string;
      evidenceDigest: string;
      modelVersion: string;
    }>;
    onlyMethodReason?: string;
    conclusion?: {
      /** 金额（分） */ valueFen: number;
      reason?: string;
    };
    indicators?: {
      /** 得分，0 至 100 */ stability: number;
      /** 得分，0 至 100 */ scope: number;
      /** 得分，0 至 100 */ detectability: number;
      /** 得分，0 至 100 */ dependence: number;
      /** 得分，0 至 100 */ advancement: number;
      /** 得分，0 至 100 */ substitutability: number;
      /** 得分，0 至 100 */ range: number;
      /** 得分，0 至 100 */ independence: number;
      /** 得分，0 至 100 */ maturity: number;
      /** 得分，0 至 100 */ trend: number;
      /** 得分，0 至 100 */ 'remaining-life': number;
      /** 得分，0 至 100 */ competition: number;
      /** 得分，0 至 100 */ 'market-use': number;
      /** 得分，0 至 100 */ operation: number;
    };
    /** 统一社会信用代码（18 位，GB 32100-2015） */ uscc?: string;
    loanId?: string;
    seed: string;
  };
  methodVersion: string;
  inputsDigest: string;
  samples: number;
  results: MethodResultOutput[];
  conclusion: Conclusion;
  indicators?: {
    basis: 'project-template';
    scoreHundredths: number;
    branches: Array<{
      id: 'legal' | 'technical' | 'economic';
      name: string;
      scoreHundredths: number;
    }>;
    items: Array<{
      id: string;
      parent: string;
      name: string;
      weight: number;
      score: number;
    }>;
  };
  pledge: {
    /** 比例（基点，10000 为 100 %） */ ratioCapBps: number;
    /** 金额（分） */ upToFen: number;
  };
  /** 法定日期（Asia/Shanghai） */ validUntil: string;
  told: string[];
  status: 'current' | 'superseded' | 'expired';
  /** 时刻（UTC，毫秒） */ createdAt: string;
  supersedes?: string;
  supersededBy?: string;
};

export type ValuationLine = {
  valuationId: string;
  partnerId: string;
  status: 'current' | 'superseded' | 'expired';
  /** 时刻（UTC，毫秒） */ createdAt: string;
  /** 法定日期（Asia/Shanghai） */ validUntil: string;
  right: ValuedRight;
  purpose: Purpose;
  /** 法定日期（Asia/Shanghai） */ valuedOn: string;
  /** 金额（分） */ valueFen: number;
};

export type ValuationRequest = {
  right: ValuedRight;
  purpose: Purpose;
  /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ valuedOn: string;
  legalLife?: {
    /** 日期（Asia/Shanghai），1930-01-01 至 2199-12-31 */ expiresOn: string;
  } | {
    /** 月数 */ months: number;
  };
  methods: Array<{
    method: 'revenue-share';
    revenueFen: Array<{
      /** 金额（分） */ low: number;
      /** 金额（分） */ mode: number;
      /** 金额（分） */ high: number;
    } | number>;
    discount: {
      rateBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
    } | {
      riskFreeBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
      technologyBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
      marketBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
      fundingBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
      managementBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
    };
    economicLifeMonths: {
      /** 月数 */ low: number;
      /** 月数 */ mode: number;
      /** 月数 */ high: number;
    } | number;
    shareBps: {
      /** 比例（基点，10000 为 100 %） */ low: number;
      /** 比例（基点，10000 为 100 %） */ mode: number;
      /** 比例（基点，10000 为 100 %） */ high: number;
    } | number;
  } | {
    method: 'royalty';
    revenueFen: Array<{
      /** 金额（分） */ low: number;
      /** 金额（分） */ mode: number;
      /** 金额（分） */ high: number;
    } | number>;
    discount: {
      rateBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
    } | {
      riskFreeBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
      technologyBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
      marketBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
      fundingBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
      managementBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
    };
    economicLifeMonths: {
      /** 月数 */ low: number;
      /** 月数 */ mode: number;
      /** 月数 */ high: number;
    } | number;
    royaltyBps: {
      /** 比例（基点，10000 为 100 %） */ low: number;
      /** 比例（基点，10000 为 100 %） */ mode: number;
      /** 比例（基点，10000 为 100 %） */ high: number;
    } | number;
    taxBps: {
      /** 比例（基点，10000 为 100 %） */ low: number;
      /** 比例（基点，10000 为 100 %） */ mode: number;
      /** 比例（基点，10000 为 100 %） */ high: number;
    } | number;
  } | {
    method: 'licence-income';
    fees: Array<{
      feeFen: {
        /** 金额（分） */ low: number;
        /** 金额（分） */ mode: number;
        /** 金额（分） */ high: number;
      } | number;
      collectionBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
    }>;
    /** 月数 */ contractMonths: number;
    discount: {
      rateBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
    } | {
      riskFreeBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
      technologyBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
      marketBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
      fundingBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
      managementBps: {
        /** 比例（基点，10000 为 100 %） */ low: number;
        /** 比例（基点，10000 为 100 %） */ mode: number;
        /** 比例（基点，10000 为 100 %） */ high: number;
      } | number;
    };
  } | {
    method: 'market';
    referenceFen: {
      /** 金额（分） */ low: number;
      /** 金额（分） */ mode: number;
      /** 金额（分） */ high: number;
    } | number;
    factors: Array<{
      name: string;
      factorBps: {
        /** 调整系数（基点，10000 为不调整） */ low: number;
        /** 调整系数（基点，10000 为不调整） */ mode: number;
        /** 调整系数（基点，10000 为不调整） */ high: number;
      } | number;
    }>;
    basis: string;
  } | {
    method: 'cost';
    replacementFen: {
      /** 金额（分） */ low: number;
      /** 金额（分） */ mode: number;
      /** 金额（分） */ high: number;
    } | number;
    depreciationBps: {
      /** 比例（基点，10000 为 100 %） */ low: number;
      /** 比例（基点，10000 为 100 %） */ mode: number;
      /** 比例（基点，10000 为 100 %） */ high: number;
    } | number;
  } | {
    method: 'bank-internal';
    amountFen: {
      /** 金额（分） */ low: number;
      /** 金额（分） */ mode: number;
      /** 金额（分） */ high: number;
    } | number;
    basis: string;
    evidenceDigest: string;
    modelVersion: string;
  }>;
  onlyMethodReason?: string;
  conclusion?: {
    /** 金额（分） */ valueFen: number;
    reason?: string;
  };
  indicators?: {
    /** 得分，0 至 100 */ stability: number;
    /** 得分，0 至 100 */ scope: number;
    /** 得分，0 至 100 */ detectability: number;
    /** 得分，0 至 100 */ dependence: number;
    /** 得分，0 至 100 */ advancement: number;
    /** 得分，0 至 100 */ substitutability: number;
    /** 得分，0 至 100 */ range: number;
    /** 得分，0 至 100 */ independence: number;
    /** 得分，0 至 100 */ maturity: number;
    /** 得分，0 至 100 */ trend: number;
    /** 得分，0 至 100 */ 'remaining-life': number;
    /** 得分，0 至 100 */ competition: number;
    /** 得分，0 至 100 */ 'market-use': number;
    /** 得分，0 至 100 */ operation: number;
  };
  /** 统一社会信用代码（18 位，GB 32100-2015） */ uscc?: string;
  loanId?: string;
  seed?: string;
};

export type ValuedRight = {
  kind: RightKind;
  number: string;
};

export type WatchCode = 'report-missing' | 'loan-matured' | 'borrower-unlisted' | 'registration-missing' | 'valuation-old' | 'right-expiring' | 'annual-fee-due' | 'annual-fee-late' | 'annual-fee-lapsed';

export type Webhook = {
  webhookId: string;
  partnerId: string;
  url: string;
  eventTypes: string[];
  signature: WebhookSignature;
  status: 'pending' | 'proved' | 'active' | 'disabled' | 'ended';
  /** 时刻（UTC，毫秒） */ createdAt: string;
  /** 时刻（UTC，毫秒） */ challengedAt: string;
  /** 时刻（UTC，毫秒） */ provedAt?: string;
  /** 时刻（UTC，毫秒） */ approvedAt?: string;
  /** 时刻（UTC，毫秒） */ disabledAt?: string;
  disabledReason?: DisabledReason;
  /** 时刻（UTC，毫秒） */ endedAt?: string;
  secret?: string;
  failing?: {
    failures: number;
    /** 时刻（UTC，毫秒） */ since: string;
    /** 时刻（UTC，毫秒） */ restingUntil?: string;
  };
};

export type WebhookEventType = 'whitelist.entry.listed.v1' | 'whitelist.entry.suspended.v1' | 'whitelist.entry.reinstated.v1' | 'whitelist.entry.removed.v1' | 'whitelist.entry.expired.v1' | 'loan.filed.v1' | 'loan.registered.v1' | 'loan.reported.v1' | 'loan.renewed.v1' | 'loan.settled.v1' | 'loan.watch.raised.v1' | 'loan.watch.cleared.v1' | 'fund.cover.confirmed.v1' | 'fund.cover.refused.v1' | 'partner.key.activated.v1' | 'partner.key.revoked.v1' | 'partner.key.expiring.v1' | 'partner.webhook.disabled.v1' | 'claim.filed.v1' | 'claim.returned.v1' | 'claim.rejected.v1' | 'claim.approved.v1' | 'claim.paid.v1' | 'claim.settled.v1' | 'claim.written-off.v1' | 'claim.closed.v1' | 'fund.refund.posted.v1' | 'claim.reminder.due.v1';

export type WebhookSignature = 'v1a' | 'v1';

export type WhitelistEntry = {
  /** 统一社会信用代码（18 位，GB 32100-2015） */ uscc: string;
  name: string;
  status: EntryStatus;
  disputed: boolean;
  /** 法定日期（Asia/Shanghai） */ listedOn: string;
  /** 法定日期（Asia/Shanghai） */ validUntil: string;
  version: number;
};

export type WhitelistVersion = {
  version: number;
  status: 'proposed' | 'published';
  entries: number;
  digest: string;
  /** 时刻（UTC，毫秒） */ proposedAt: string;
  /** 法定日期（Asia/Shanghai） */ publishedOn?: string;
  leftOut: Array<{
    /** 统一社会信用代码（18 位，GB 32100-2015） */ uscc: string;
    reason: string;
  }>;
};
