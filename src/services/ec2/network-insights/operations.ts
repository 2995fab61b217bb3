/** All actions of Reachability Analyzer and Network Access Analyzer. */
import type { OperationTable } from '../../operation.ts';
import {
  deleteAccessAnalysis,
  describeAccessAnalyses,
  getFindings,
  startAccessAnalysis,
} from './access-analyses.ts';
import {
  createAccessScope,
  deleteAccessScope,
  describeAccessScopes,
  getAccessScopeContent,
} from './access-scopes.ts';
import { deleteAnalysis, describeAnalyses, startAnalysis } from './analyses.ts';
import { createPath, deletePath, describePaths } from './paths.ts';

export const networkInsightsOperations = {
  CreateNetworkInsightsPath: { changes: true, run: createPath },
  DescribeNetworkInsightsPaths: { changes: false, run: describePaths },
  DeleteNetworkInsightsPath: { changes: true, run: deletePath },
  StartNetworkInsightsAnalysis: { changes: true, run: startAnalysis },
  DescribeNetworkInsightsAnalyses: { changes: false, run: describeAnalyses },
  DeleteNetworkInsightsAnalysis: { changes: true, run: deleteAnalysis },
  CreateNetworkInsightsAccessScope: { changes: true, run: createAccessScope },
  DescribeNetworkInsightsAccessScopes: { changes: false, run: describeAccessScopes },
  GetNetworkInsightsAccessScopeContent: { changes: false, run: getAccessScopeContent },
  DeleteNetworkInsightsAccessScope: { changes: true, run: deleteAccessScope },
  StartNetworkInsightsAccessScopeAnalysis: { changes: true, run: startAccessAnalysis },
  DescribeNetworkInsightsAccessScopeAnalyses: { changes: false, run: describeAccessAnalyses },
  GetNetworkInsightsAccessScopeAnalysisFindings: { changes: false, run: getFindings },
  DeleteNetworkInsightsAccessScopeAnalysis: { changes: true, run: deleteAccessAnalysis },
} satisfies OperationTable;
