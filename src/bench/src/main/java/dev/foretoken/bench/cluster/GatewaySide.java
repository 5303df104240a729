package dev.foretoken.bench.cluster;

import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.gateway.routing.CallLimits;
import dev.foretoken.scheduler.prefix.PrefixContents;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Requests come to gateways in turn, and each gateway sends them where its policy says, by what it has heard of pods. */
final class GatewaySide implements Side {

    /** Tells the seed of what is drawn for further tries from that of the load, so that the same requests come whatever becomes of them. */
    private static final long OWN = 0x6A09E667F3BCC909L;

    private final ChatLoad load;
    private final SimulatedAdmission admission;
    private final ClusterTally tally;
    private final List<SimulatedGateway> gateways = new ArrayList<>();
    private final SplittableRandom random;
    private final long end;
    private final long delay;
    private final ArrayDeque<PodNews> news = new ArrayDeque<>();
    private List<Sending> sent = new ArrayList<>();
    private long arrival;

    GatewaySide(ClusterConfig config, ClusterTally tally) {
        List<TenantShare> tenants = config.load().tenants();
        PrefixShape shape = PrefixContents.shape(config.pod().shape());
        this.load = new ChatLoad(config.load(), new TenantChains(tenants, shape));
        this.admission = new SimulatedAdmission(config);
        this.tally = tally;
        this.random = new SplittableRandom(config.load().seed() ^ OWN);
        this.end = config.load().end();
        this.delay = config.reports().delay().toNanos();
        for (int i = 0; i < config.gateways(); i++) {
            gateways.add(new SimulatedGateway(config, shape));
        }
        come(load.distance());
    }

    /** Takes what pods say when it begins: that is known at once. */
    void begin(List<PodNews> said) {
        for (PodNews first : said) {
            hear(first, first.at());
        }
    }

    /** Takes what pods have said, in the order of time. */
    void hear(List<PodNews> said) {
        news.addAll(said);
    }

    /** What gateways have sent since the last call, in the order of time. */
    List<Sending> sent() {
        List<Sending> all = sent;
        sent = new ArrayList<>();
        return all;
    }

    /** Requests that have come. */
    long requests() {
        return load.sent();
    }

    private void come(long at) {
        arrival = at < end ? at : NEVER;
    }

    private long heardAt() {
        PodNews first = news.peek();
        return first == null ? NEVER : first.at() + delay;
    }

    @Override
    public long next() {
        return Math.min(arrival, heardAt());
    }

    @Override
    public void runUntil(long until) {
        for (long now = next(); now < until; now = next()) {
            if (heardAt() == now) {
                hear(news.remove(), now);
            } else {
                arrive(now);
            }
        }
    }

    private void arrive(long now) {
        SimulatedRequest request = load.next(now);
        long draw = load.draw();
        tally.came(request);
        switch (admission.admit(request, number(request), now)) {
            case ADMITTED -> place(request, now, draw);
            case REFUSED -> tally.refused(request);
            case LIMITED -> tally.limited(request);
        }
        come(now + load.distance());
    }

    /** Sends it to one more pod, as often as gateways do, which ask another one where one is full, too. What the first one said is what its caller hears. */
    private void place(SimulatedRequest request, long now, long draw) {
        if (request.asked < CallLimits.DEFAULT.attempts() && gateway(request).choose(request, now, draw)) {
            tally.chosen();
            sent.add(new Sending(request, request.pod, now));
            return;
        }
        admission.leave(request, now);
        if (request.full) {
            tally.refused(request);
        } else {
            tally.lost(request);
        }
    }

    private SimulatedGateway gateway(SimulatedRequest request) {
        return gateways.get(number(request));
    }

    private int number(SimulatedRequest request) {
        return request.number % gateways.size();
    }

    private void hear(PodNews first, long now) {
        switch (first) {
            case PodNews.Reported reported -> {
                for (int i = 0; i < gateways.size(); i++) {
                    gateways.get(i).hear(reported.report(), now);
                }
                tally.heard(reported.report(), now);
            }
            case PodNews.Started started -> {
                gateway(started.request()).answered(started.request(), now);
                tally.firstToken(started.request(), started.cachedTokens(), started.at());
            }
            case PodNews.Ended ended -> {
                admission.leave(ended.request(), now);
                admission.spend(ended.request());
                tally.ended(ended.request(), ended.at());
            }
            case PodNews.Returned returned ->
                place(gateway(returned.request()).goOn(returned, now), now, random.nextLong());
        }
    }
}
