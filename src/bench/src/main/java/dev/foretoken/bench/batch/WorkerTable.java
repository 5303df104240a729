package dev.foretoken.bench.batch;

import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.Table;

/** The report for people. */
final class WorkerTable {
    private WorkerTable() {}

    static String render(WorkerReport report) {
        WorkerReport.Speed speed = report.speed();
        long requests = report.load().requests();
        return "%s requests of %d characters in %d partitions, each answered once%s; %s\n\n%s\n%s\n%s\n"
                .formatted(
                        Format.count(requests),
                        report.load().promptCharacters(),
                        report.load().partitions(),
                        report.repeated() == 0 ? "" : " BUT " + report.repeated() + " AGAIN",
                        report.provenance().machine().sentence(),
                        cpu(report),
                        memory(report) + "without garbage at the end: " + mebibytes(report.liveBytes()) + "\n",
                        "%s requests/s end to end in %s (tenths: %s to %s); %s requests per second of the worker's processor time"
                                .formatted(
                                        Format.significant(speed.requestsPerSecond()),
                                        Format.seconds(speed.seconds()),
                                        Format.significant(speed.tenths().min()),
                                        Format.significant(speed.tenths().max()),
                                        Format.significant(speed.requestsPerCpuSecond())));
    }

    private static String cpu(WorkerReport report) {
        Table table = new Table("process", "CPU", "us/request", "requests/CPU s");
        WorkerReport.Cpu cpu = report.cpu();
        long requests = report.load().requests();
        row(table, "worker", cpu.workerSeconds(), requests);
        row(table, "broker", cpu.brokerSeconds(), requests);
        row(table, "reader", cpu.readerSeconds(), requests);
        row(table, "all", cpu.workerSeconds() + cpu.brokerSeconds() + cpu.readerSeconds(), requests);
        return table.render();
    }

    private static void row(Table table, String name, double seconds, long requests) {
        table.row(
                name,
                Format.seconds(seconds),
                Format.significant(seconds * 1e6 / requests),
                Format.significant(requests / seconds));
    }

    private static String memory(WorkerReport report) {
        Table table = new Table("worker's MiB after", "heap peak", "resident", "resident peak", "known ids", "of them");
        for (WorkerReport.Memory at : report.memory()) {
            table.row(
                    Format.count(at.answered()),
                    mebibytes(at.heapPeakBytes()),
                    mebibytes(at.residentBytes()),
                    mebibytes(at.residentPeakBytes()),
                    Format.count(at.ids()),
                    mebibytes(at.idBytes()));
        }
        return table.render();
    }

    private static String mebibytes(long bytes) {
        return Format.count(bytes >> 20);
    }
}
