/** The ten counties: how many of 2,000 enterprises are there, and which trades are at home in each. */
export const counties = [
  { code: '411502', name: '浉河区', weight: 330, trades: ['tea', 'software', 'research', 'minerals'] },
  { code: '411503', name: '平桥区', weight: 300, trades: ['furniture', 'electronics', 'minerals', 'machinery'] },
  { code: '411521', name: '罗山县', weight: 160, trades: ['electronics', 'grain', 'textiles'] },
  { code: '411522', name: '光山县', weight: 190, trades: ['down', 'oil', 'electrical'] },
  { code: '411523', name: '新县', weight: 90, trades: ['medicine', 'oil', 'handicraft'] },
  { code: '411524', name: '商城县', weight: 120, trades: ['tea', 'food', 'minerals'] },
  { code: '411525', name: '固始县', weight: 290, trades: ['down', 'handicraft', 'food', 'machinery'] },
  { code: '411526', name: '潢川县', weight: 220, trades: ['food', 'down', 'seeds', 'electrical'] },
  { code: '411527', name: '淮滨县', weight: 150, trades: ['textiles', 'shipping', 'food'] },
  { code: '411528', name: '息县', weight: 150, trades: ['grain', 'furniture', 'machinery'] },
] as const;
export type County = (typeof counties)[number];

/** A trade: its GB/T 4754 class, what stands in a company's name, and what its inventions are about. */
export const trades = {
  tea: {
    code: 'C15',
    label: '茶业',
    things: ['绿茶杀青装置', '茶叶理条机构', '红茶发酵控制方法', '茶叶提香设备', '茶叶包装封口装置'],
  },
  food: {
    code: 'C14',
    label: '食品',
    things: ['糯米粉干燥设备', '肉制品腌制方法', '麻鸭卤制装置', '速冻汤圆成型机', '食品金属检测装置'],
  },
  grain: {
    code: 'C13',
    label: '粮油',
    things: ['稻谷低温烘干装置', '大米抛光机构', '弱筋小麦粉加工方法', '粮仓通风系统', '油料压榨装置'],
  },
  oil: {
    code: 'C13',
    label: '油茶',
    things: ['油茶果脱壳机', '茶籽油冷榨方法', '茶粕蛋白提取方法', '油脂精炼脱色装置'],
  },
  seeds: {
    code: 'A01',
    label: '花木种业',
    things: ['苗木扦插育苗方法', '花卉基质配方', '种子包衣设备', '温室卷膜机构'],
  },
  down: {
    code: 'C19',
    label: '羽绒制品',
    things: ['羽绒分选装置', '羽绒水洗除尘设备', '充绒计量机构', '防钻绒面料缝制方法'],
  },
  textiles: {
    code: 'C17',
    label: '纺织',
    things: ['化纤纱线上浆装置', '喷水织机引纬机构', '面料定型烘箱', '纺织废水回用系统'],
  },
  furniture: {
    code: 'C21',
    label: '家居',
    things: ['板材封边设备', '柜体连接件', '木门涂装方法', '办公座椅升降机构', '甲醛检测净化装置'],
  },
  handicraft: {
    code: 'C24',
    label: '柳编工艺品',
    things: ['柳条剥皮装置', '杞柳软化方法', '编织品定型模具', '竹木制品防霉方法'],
  },
  medicine: {
    code: 'C27',
    label: '医药科技',
    things: ['中药饮片炮制方法', '银杏叶提取物制备方法', '药材切片设备', '颗粒剂干燥装置'],
  },
  chemicals: {
    code: 'C26',
    label: '新材料',
    things: ['水性涂料配方', '珍珠岩助滤剂制备方法', '粉体混合设备', '阻燃剂复配方法'],
  },
  plastics: {
    code: 'C29',
    label: '塑业',
    things: ['管材挤出模具', '包装膜吹塑装置', '注塑件脱模机构', '再生料造粒设备'],
  },
  minerals: {
    code: 'C30',
    label: '矿物材料',
    things: ['珍珠岩膨胀炉', '保温板成型设备', '膨润土提纯方法', '装配式墙板连接结构', '沸石干燥装置'],
  },
  metal: {
    code: 'C33',
    label: '金属制品',
    things: ['钢构件焊接工装', '门窗型材切割装置', '五金件抛光设备', '紧固件防松结构'],
  },
  machinery: {
    code: 'C35',
    label: '机械装备',
    things: ['秸秆打捆机构', '茶园修剪机', '物料输送装置', '水稻插秧机秧箱', '液压升降平台'],
  },
  electrical: {
    code: 'C38',
    label: '电气',
    things: ['配电柜散热结构', '光伏支架调节机构', '锂电池组热管理系统', '电缆绝缘检测方法'],
  },
  electronics: {
    code: 'C39',
    label: '电子科技',
    things: ['触控面板贴合装置', '线路板蚀刻方法', '连接器组装设备', '背光模组检测系统', '无线充电线圈结构'],
  },
  instruments: {
    code: 'C40',
    label: '仪器仪表',
    things: ['水质在线监测装置', '压力变送器结构', '粮温检测方法', '流量计标定系统'],
  },
  shipping: {
    code: 'C37',
    label: '船舶装备',
    things: ['内河船舶舱盖', '船体分段焊接工装', '船用舵机结构', '船台滑道'],
  },
  recycling: {
    code: 'C42',
    label: '环保资源',
    things: ['废旧轮胎破碎装置', '秸秆气化方法', '建筑垃圾分拣系统', '污泥脱水设备'],
  },
  software: {
    code: 'I65',
    label: '软件科技',
    things: ['图像识别方法', '农产品溯源系统', '数据加密存储方法', '设备远程运维系统'],
  },
  research: {
    code: 'M73',
    label: '技术研发',
    things: ['土壤改良方法', '菌种发酵工艺', '复合材料性能测试方法', '检测样品前处理装置'],
  },
  trade: { code: 'F51', label: '商贸', things: ['货架自动盘点装置', '冷链周转箱'] },
  property: { code: 'K70', label: '置业', things: ['楼宇能耗监测系统'] },
  finance: { code: 'J66', label: '融资服务', things: ['风险评估方法'] },
} as const;
export type Trade = keyof typeof trades;

/** The trades found everywhere, by weight; an enterprise follows its county's own trades half of the time. */
export const commonTrades: readonly (readonly [Trade, number])[] = [
  ['machinery', 12],
  ['electronics', 9],
  ['electrical', 8],
  ['metal', 8],
  ['food', 8],
  ['plastics', 7],
  ['minerals', 7],
  ['chemicals', 6],
  ['furniture', 6],
  ['software', 6],
  ['tea', 5],
  ['instruments', 4],
  ['recycling', 4],
  ['medicine', 3],
  ['research', 3],
  ['trade', 4],
];

export const qualities = [
  '高效',
  '节能',
  '可调式',
  '自动化',
  '低损耗',
  '智能',
  '多工位',
  '便于清理的',
  '防堵塞',
  '快速',
] as const;

const first = '豫信申淮茗禾盛恒瑞泰嘉弘鼎安博源润康正同永兴广长东宏荣春祥德晟诚新天汇锦佰楚贤葛';
const second = '禾源盛茗泰达丰峰创科诺翔益宇康和润锋森腾旺林洋景航隆佳邦磊健欣毅远昌顺朗澄屿棠';
const third = '安辰坤岚川岳汀溪野舟翎楠榕麓澜阡亭墨衡羲柏霖霁焱堃铭奕珩';
const rare = '浉溮镕㙍䘵𬭼';

/** Syllables of an invented 字号; the rare ones are those that old systems lose. */
export const syllables = {
  first: letters(first),
  second: letters(second),
  third: letters(third),
  rare: letters(rare),
};

/** Invented people: surname and given name. */
export const surnames = letters('王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕');
export const givenNames = letters('示例信申淮河明华建国志强文军海峰春燕丽娟晓东思远嘉怡雨晨梓涵浩然欣悦子墨俊杰');

/** Characters, not code units: 𬭼 takes two of those. */
function letters(text: string): [string, ...string[]] {
  const [head = '', ...rest] = Array.from(text);
  return [head, ...rest];
}
