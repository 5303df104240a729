package dev.foretoken.registry.job;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A process that runs jobs and ends without any clean-up in the middle of one: as if it was killed. */
final class DyingRunner {
    static final int KILLED = 9;

    private DyingRunner() {}

    /** Arguments: the folder, and when to die: {@code building} or {@code measuring}. */
    public static void main(String[] args) throws InterruptedException {
        Path folder = Path.of(args[0]);
        boolean building = args[1].equals("building");
        JobSiteFixture site = new JobSiteFixture(folder, CrashTest.url(folder));
        CountingWorkshop workshop = new CountingWorkshop("a", (step, order, watch) -> {
            if (building && step == 4) {
                Runtime.getRuntime().halt(KILLED);
            }
        });
        site.jobs.start(workshop, (ref, watch) -> {
            Runtime.getRuntime().halt(KILLED);
            throw new IllegalStateException("halted");
        });
        new CountDownLatch(1).await();
    }
}
