import { GetIndexingRulesCommand, GetTraceSegmentDestinationCommand } from '@aws-sdk/client-xray';
import { type Check, healthy, wrong } from '../check';

export const DESTINATION_CHECK: Check = {
  id: 'destination',
  question: 'Where does X-Ray store the segments?',
  asks: ['xray:GetTraceSegmentDestination', 'xray:GetIndexingRules'],
  run: async ({ clients: { xray } }) => {
    const { Destination, Status } = await xray.send(new GetTraceSegmentDestinationCommand({}));
    if (Destination !== 'CloudWatchLogs') {
      return healthy('in X-Ray; Transaction Search is off');
    }
    const { IndexingRules = [] } = await xray.send(new GetIndexingRulesCommand({}));
    const percentages = IndexingRules.map(
      ({ Rule }) => Rule?.Probabilistic?.DesiredSamplingPercentage,
    );
    const on = `Transaction Search is on for the account: segments go to the log group aws/spans, which is billed as logs, and ${percentages.join(', ')} % of the traces are indexed`;
    return Status === 'ACTIVE'
      ? healthy(`${on}; find a trace that is not indexed by its ID in Transaction Search`)
      : wrong(`${on}; its status is ${Status ?? ''}`, 'aws xray get-trace-segment-destination');
  },
};
