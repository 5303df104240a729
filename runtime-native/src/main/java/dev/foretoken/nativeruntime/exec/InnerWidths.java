package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.DeltaNet;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.LatentMaps;
import dev.foretoken.nativeruntime.plan.Mamba;
import dev.foretoken.nativeruntime.plan.Mamba2;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.plan.Projection;
import dev.foretoken.nativeruntime.plan.Recurrent;
import dev.foretoken.nativeruntime.plan.SharedExpert;
import java.util.Arrays;

/** The fp32 buffers [tokens, width] that a mixer needs between its kernels. */
final class InnerWidths {

    private InnerWidths() {}

    /** One number per buffer, in the order in which the mixer takes them. */
    static int[] of(Mixer mixer) {
        return switch (mixer) {
            case Attention attention -> of(attention);
            case Mlp mlp -> mlp.gate() == null ? new int[] {mlp.inner()} : new int[] {mlp.inner(), mlp.inner()};
            case SharedExpert expert -> {
                int[] inner = of(expert.mlp());
                int[] widths = Arrays.copyOf(inner, inner.length + 2);
                widths[inner.length] = expert.mlp().down().outputs();
                widths[inner.length + 1] = 1;
                yield widths;
            }
            case Projection projection -> new int[0];
            case Moe moe -> {
                int chosen = moe.routing().topK();
                int inner = chosen * moe.inner();
                int experts = moe.experts().size();
                yield new int[] {inner, inner, chosen * moe.router().inputs(), experts, chosen, chosen, chosen};
            }
            case Recurrent recurrent -> of(recurrent);
        };
    }

    private static int[] of(Attention attention) {
        HeadLayout layout = attention.layout();
        return switch (attention.maps()) {
            case Attention.Direct direct -> {
                int gate = direct.gate() == null ? 0 : layout.mixedWidth();
                yield new int[] {layout.queryWidth(), layout.mixedWidth(), layout.keyWidth(), layout.valueWidth(), gate
                };
            }
            case LatentMaps latent -> ComputedLatentAttention.widths(latent, layout);
        };
    }

    private static int[] of(Recurrent mixer) {
        return switch (mixer) {
            case Mamba mamba -> {
                Mamba.Scan scan = mamba.scan();
                int rank = mamba.maps().time().outputs();
                yield new int[] {scan.channels(), scan.channels(), rank, scan.states(), scan.states(), scan.channels()};
            }
            case Mamba2 mamba2 -> {
                Mamba2.Scan scan = mamba2.scan();
                int joint = mamba2.convolution().channels();
                yield new int[] {scan.channels(), joint, scan.heads(), scan.channels()};
            }
            case DeltaNet delta -> {
                DeltaNet.Rule rule = delta.rule();
                int key = rule.keyWidth();
                int value = rule.valueWidth();
                yield new int[] {key, key, value, value, rule.valueHeads(), rule.valueHeads(), value};
            }
        };
    }

    /** All buffers of the mixer that needs most. */
    static long widest(ModelPlan plan) {
        return plan.mixers().stream().mapToLong(mixer -> sum(of(mixer))).max().orElse(0);
    }

    private static long sum(int[] widths) {
        long sum = 0;
        for (int width : widths) {
            sum += width;
        }
        return sum;
    }
}
