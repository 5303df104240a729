package dev.foretoken.onnxruntime.session;

import dev.foretoken.contract.runtime.CpuList;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Binds threads of this process's own to CPUs, one each, as ONNX Runtime binds those of a session: by {@code sched_setaffinity} of Linux. */
public final class CpuBinding {

    private static final System.Logger LOG = System.getLogger(CpuBinding.class.getName());
    /** Bytes of a set of 1024 CPUs, as glibc has it. */
    private static final int MASK_BYTES = 128;

    private CpuBinding() {}

    /** Threads that run on one of the CPUs each, in turn behind the first, which is for the thread that calls; as they are where none is named. */
    public static ThreadFactory bound(ThreadFactory threads, CpuList cpus) {
        if (cpus.isAny()) {
            return threads;
        }
        AtomicInteger made = new AtomicInteger();
        return task -> {
            int cpu = cpus.cpus().get(made.incrementAndGet() % cpus.size());
            return threads.newThread(() -> {
                bind(cpu);
                task.run();
            });
        };
    }

    /** The thread that calls. One that cannot be bound computes all the same. */
    private static void bind(int cpu) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
            mask.setAtIndex(ValueLayout.JAVA_LONG, cpu / Long.SIZE, 1L << cpu % Long.SIZE);
            Optional<MethodHandle> call = setAffinity();
            if (call.isEmpty() || (int) call.get().invokeExact(0, (long) MASK_BYTES, mask) != 0) {
                LOG.log(System.Logger.Level.WARNING, "A thread of a graph could not be bound to CPU {0}", cpu);
            }
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.WARNING, "A thread of a graph could not be bound to CPU " + cpu, e);
        }
    }

    /** {@code int sched_setaffinity(pid_t, size_t, const cpu_set_t *)}; process 0 is the thread that calls. */
    @SuppressWarnings("restricted")
    private static Optional<MethodHandle> setAffinity() {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("sched_setaffinity")
                .map(entry -> linker.downcallHandle(
                        entry,
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.ADDRESS)));
    }
}
