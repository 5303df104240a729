package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Sublayer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A sublayer bound to its weights and buffers. Allocates nothing while it runs. */
final class ComputedSublayer {

    private final Kernels kernels;
    private final Residual residual;
    private final Workspace work;
    private final int hidden;
    private final List<ComputedMixer> mixers;

    ComputedSublayer(Sublayer sublayer, Binding binding, MixerBinder binder) {
        this.kernels = binding.kernels();
        this.residual = binding.residual(sublayer);
        this.work = binding.work();
        this.hidden = binding.hidden();
        List<ComputedMixer> computed = new ArrayList<>();
        for (Mixer mixer : sublayer.mixers()) {
            computed.add(binder.next(mixer, computed.isEmpty() ? work.delta() : work.branch()));
        }
        this.mixers = List.copyOf(computed);
    }

    void run(StepBatch step) {
        MemorySegment input = residual.read(step.tokens());
        mixers.getFirst().run(step, input);
        for (int i = 1; i < mixers.size(); i++) {
            mixers.get(i).run(step, input);
            kernels.add(work.delta(), work.branch(), (long) step.tokens() * hidden, work.delta());
        }
        residual.add(step.tokens());
    }
}
