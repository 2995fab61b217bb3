/** Loaded before a command: at its end it writes what the process cost to the file that the environment names. */
import { writeFileSync } from 'node:fs';

const file = process.env['RAMPART_BENCH_METER'];
if (file !== undefined) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeFileSync(file, JSON.stringify({ cpuS: (userCPUTime + systemCPUTime) / 1e6, rssMb: maxRSS / 1024 }));
  });
}
