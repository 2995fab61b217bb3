/** What `--network` says of sources that are none: one line that tells what to do, and the exit code of wrong usage. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withFiles } from '../../tests/support/import.ts';
import { exitCodes, Failure } from './failure.ts';
import { readNetwork } from './network-source.ts';

const files = {
  'cut.json': '{"Vpcs": [',
  'text.txt': 'VPCS 10.0.0.0/16',
  'list.json': '[]',
  'other.json': '{"Buckets": []}',
  'nothing.json': '{}',
  'plan.json': '{"format_version": "1.2", "planned_values": {}}',
  'vpcs.json': '{"Vpcs": []}',
  'saved.plan': 'PK\u0003\u0004',
  'number.json': '{"format_version": "1.2", "prior_state": 5}',
};

/** What stands for FOLDER in sources is a folder with these files and an empty one. */
const rows: readonly (readonly [source: string, says: RegExp])[] = [
  [
    '',
    /^--network : it is live, snapshot:TIME\|SEQ, dump:PATH, tfplan:FILE or aws\[:PROFILE\]\[@REGION,…\]$/,
  ],
  ['dumb:x', /^--network dumb:x: it is live, snapshot:/],
  ['FOLDER', /a folder or file of describe-\* output is dump:\/\S+$/],
  ['live:8080', /^--network live:8080: it is live, snapshot:/],
  ['dump@eu-west-1', /^--network dump@eu-west-1: it is live, snapshot:/],
  ['dump:', /^name what to read, as in --network dump:\.\/account$/],
  ['dump:FOLDER/none', /\/none cannot be read: there is no such file or folder$/],
  ['dump:FOLDER/empty', /\/empty holds no output of aws ec2 describe-\*; it is an empty folder$/],
  ['dump:FOLDER/cut.json', /; cut\.json:1:11: the text ends too early$/],
  ['dump:FOLDER/text.txt', /\/text\.txt holds no output of aws ec2 describe-\*; nothing of it is JSON$/],
  ['dump:FOLDER/list.json', /; list\.json:1: it is no object, as every output is$/],
  ['dump:FOLDER/other.json', /; other\.json holds Buckets$/],
  ['dump:FOLDER/nothing.json', /; nothing\.json is an empty object$/],
  ['dump:FOLDER/plan.json', /; plan\.json is of terraform: tfplan:FILE$/],
  ['tfplan:', /^name what to read, as in --network tfplan:plan\.json$/],
  ['tfplan:FOLDER/none', /\/none cannot be read: there is no such file or folder$/],
  ['tfplan:FOLDER/empty', /\/empty cannot be read: it is a folder$/],
  ['tfplan:FOLDER/cut.json', /cut\.json:1:11: the text ends too early; it wants terraform show -json PLAN$/],
  ['tfplan:FOLDER/list.json', /list\.json: it is no output of terraform show -json$/],
  ['tfplan:FOLDER/number.json', /number\.json: it is no output of terraform show -json$/],
  ['tfplan:FOLDER/vpcs.json', /vpcs\.json: .* but of aws ec2 describe-\*: dump:PATH$/],
  ['tfplan:FOLDER/saved.plan', /\/saved\.plan is a saved plan; give what terraform show -json \S+ prints$/],
  ['snapshot:', /^snapshot:: give a journal sequence or a time such as 2026-01-31T12:00:00Z$/],
  ['snapshot:yesterday', /^snapshot:yesterday: give a journal sequence or a time/],
  ['aws@nowhere', /^aws@nowhere: it is aws\[:PROFILE\]\[@REGION,…\], or @all for every region$/],
];

test('a source that is none is told in one line, with what it should be', async () => {
  await withFiles(files, async (folder) => {
    mkdirSync(join(folder, 'empty'));
    for (const [source, says] of rows) {
      await assert.rejects(readNetwork(source.replace('FOLDER', folder), {}), (error) => {
        assert.ok(error instanceof Failure, `${source}: ${error}`);
        assert.match(error.message, says, source);
        assert.doesNotMatch(error.message, /\n/, source);
        assert.equal(error.exitCode, exitCodes.usage, source);
        return true;
      });
    }
  });
});
