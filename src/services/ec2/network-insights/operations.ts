/** All actions of Reachability Analyzer and Network Access Analyzer. */
import type { OperationTable } from '../../operation.ts';
import { deleteAnalysis, describeAnalyses, startAnalysis } from './analyses.ts';
import { createPath, deletePath, describePaths } from './paths.ts';

export const networkInsightsOperations = {
  CreateNetworkInsightsPath: { changes: true, run: createPath },
  DescribeNetworkInsightsPaths: { changes: false, run: describePaths },
  DeleteNetworkInsightsPath: { changes: true, run: deletePath },
  StartNetworkInsightsAnalysis: { changes: true, run: startAnalysis },
  DescribeNetworkInsightsAnalyses: { changes: false, run: describeAnalyses },
  DeleteNetworkInsightsAnalysis: { changes: true, run: deleteAnalysis },
} satisfies OperationTable;
