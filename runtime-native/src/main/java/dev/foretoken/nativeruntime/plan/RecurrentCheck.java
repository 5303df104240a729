package dev.foretoken.nativeruntime.plan;

/** The widths of mixers that carry a state. */
final class RecurrentCheck {

    private final PlanValidator plan;
    private final String where;
    private final int hidden;

    RecurrentCheck(PlanValidator plan, String where, int hidden) {
        this.plan = plan;
        this.where = where;
        this.hidden = hidden;
    }

    void check(Recurrent mixer) {
        switch (mixer) {
            case Mamba mamba -> mamba(mamba);
            case Mamba2 mamba2 -> mamba2(mamba2);
            case DeltaNet delta -> delta(delta);
        }
    }

    private void mamba(Mamba mixer) {
        Mamba.Scan scan = mixer.scan();
        Mamba.Maps maps = mixer.maps();
        int channels = scan.channels();
        int rank = maps.time().outputs();
        positive("channels", channels);
        positive("states", scan.states());
        linear("input", maps.input(), hidden, channels);
        linear("gate", maps.gate(), hidden, channels);
        linear("time step", maps.time(), channels, rank);
        linear("B", maps.b(), channels, scan.states());
        linear("C", maps.c(), channels, scan.states());
        linear("widened time step", maps.widened(), rank, channels);
        linear("output", maps.output(), channels, hidden);
        convolution(mixer.convolution(), channels);
        vector("rates", scan.rates().vector(), (long) channels * scan.states());
        vector("skip", scan.skip(), channels);
        mixer.norms().forEach(norm -> plan.norm(where, norm, norm.weight().size()));
    }

    private void mamba2(Mamba2 mixer) {
        Mamba2.Scan scan = mixer.scan();
        positive("heads", scan.heads());
        positive("head_dim", scan.headDim());
        positive("states", scan.states());
        plan.require(
                scan.groups() > 0 && scan.heads() % scan.groups() == 0,
                "%s has %d heads in %d groups, must be a multiple",
                where,
                scan.heads(),
                scan.groups());
        int channels = scan.channels();
        int joint = channels + 2 * scan.mapWidth();
        linear("gate", mixer.maps().gate(), hidden, channels);
        linear("input", mixer.maps().input(), hidden, joint);
        linear("time step", mixer.maps().time(), hidden, scan.heads());
        linear("output", mixer.maps().output(), channels, hidden);
        convolution(mixer.convolution(), joint);
        vector("rates", scan.rates().vector(), scan.heads());
        vector("skip", scan.skip(), scan.heads());
        vector("time step bias", scan.steps().bias(), scan.heads());
        plan.require(
                scan.steps().low() >= 0 && scan.steps().low() <= scan.steps().high(),
                "%s limits time steps to [%s, %s]",
                where,
                scan.steps().low(),
                scan.steps().high());
        GatedNorm norm = mixer.norm();
        if (norm != null) {
            gated(norm, channels);
        }
    }

    private void delta(DeltaNet mixer) {
        DeltaNet.Rule rule = mixer.rule();
        positive("key heads", rule.keyHeads());
        positive("key head_dim", rule.keyDim());
        positive("value head_dim", rule.valueDim());
        plan.require(
                rule.valueHeads() > 0 && rule.valueHeads() % rule.keyHeads() == 0,
                "%s has %d value heads, must be a positive multiple of its %d key heads",
                where,
                rule.valueHeads(),
                rule.keyHeads());
        linear("query", mixer.maps().query(), hidden, rule.keyWidth());
        linear("key", mixer.maps().key(), hidden, rule.keyWidth());
        linear("value", mixer.maps().value(), hidden, rule.valueWidth());
        linear("gate", mixer.maps().gate(), hidden, rule.valueWidth());
        linear("beta", mixer.maps().beta(), hidden, rule.valueHeads());
        linear("time step", mixer.maps().time(), hidden, rule.valueHeads());
        linear("output", mixer.maps().output(), rule.valueWidth(), hidden);
        convolution(mixer.inputs().query(), rule.keyWidth());
        convolution(mixer.inputs().key(), rule.keyWidth());
        convolution(mixer.inputs().value(), rule.valueWidth());
        vector("rates", rule.rates().vector(), rule.valueHeads());
        vector("time step bias", rule.timeBias(), rule.valueHeads());
        gated(mixer.norm(), rule.valueDim());
    }

    private void gated(GatedNorm norm, int width) {
        plan.norm(where + " gate", norm.norm(), width);
        plan.require(
                norm.group() > 0 && width % norm.group() == 0,
                "%s normalises groups of %d in %d elements",
                where,
                norm.group(),
                width);
    }

    private void convolution(Convolution convolution, int channels) {
        plan.require(
                convolution.taps() >= 2 && convolution.taps() <= 16,
                "%s has a convolution over %d tokens, must be in [2, 16]",
                where,
                convolution.taps());
        plan.require(
                convolution.channels() == channels,
                "%s has a convolution of %d channels, must be of %d",
                where,
                convolution.channels(),
                channels);
        int scaled = convolution.scales().stream()
                .mapToInt(Convolution.Scale::channels)
                .sum();
        plan.require(scaled <= channels, "%s scales %d inputs of %d", where, scaled, channels);
        vector("convolution", convolution.weight(), (long) channels * convolution.taps());
        VectorRef bias = convolution.bias();
        if (bias != null) {
            vector("convolution bias", bias, channels);
        }
    }

    private void linear(String name, Linear linear, int inputs, int outputs) {
        plan.linear(where + " " + name, linear, inputs, outputs);
    }

    private void vector(String name, VectorRef vector, long size) {
        plan.require(
                vector.size() == size,
                "%s %s %s has %d elements, must have %d",
                where,
                name,
                vector.tensor(),
                vector.size(),
                size);
    }

    private void positive(String name, int value) {
        plan.require(value > 0, "%s has %d %s, must be positive", where, value, name);
    }
}
