import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** One whole sentence in 中文 of what a user loses while the alarm is on: whoever is woken reads this first. */
export type ImpactSentence = `${string}。`;

/** An alarm that goes off as soon as the metric is above `above`, and tells the topic when it comes and when it goes. */
export function alarm(
  scope: Construct,
  id: string,
  props: { name: string; metric: IMetric; above: number; impact: ImpactSentence; topic: ITopic },
): Alarm {
  const made = new Alarm(scope, id, {
    alarmName: props.name,
    alarmDescription: props.impact,
    metric: props.metric,
    threshold: props.above,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    // A queue nobody uses and a function nobody calls report nothing at all, and that is well.
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  const tell = { bind: () => ({ alarmActionArn: props.topic.topicArn }) };
  made.addAlarmAction(tell);
  made.addOkAction(tell);
  return made;
}
