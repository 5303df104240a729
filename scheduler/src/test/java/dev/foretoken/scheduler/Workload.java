package dev.foretoken.scheduler;

import java.util.Random;

/**
 * Requests over simulated time.
 *
 * @param clients each sends its next request when its last is answered; 0 = requests come by themselves
 * @param perSecond with no clients: how many come, on average, at exponentially distributed distances
 * @param least shortest prompt; as many are between it and its double as between any other length and its double
 * @param most longest prompt
 * @param seconds how long requests come
 */
record Workload(int clients, double perSecond, int least, int most, int answerTokens, double seconds, long seed) {

    static Workload clients(int clients) {
        return new Workload(clients, 0, 64, 2048, 64, 180, 11);
    }

    static Workload perSecond(double rate) {
        return new Workload(0, rate, 64, 2048, 64, 180, 11);
    }

    Workload withPrompts(int shortest, int longest) {
        return new Workload(clients, perSecond, shortest, longest, answerTokens, seconds, seed);
    }

    int promptTokens(Random random) {
        return (int) Math.round(least * Math.pow((double) most / least, random.nextDouble()));
    }

    long distance(Random random) {
        return (long) (-Math.log(1 - random.nextDouble()) / perSecond * 1e9);
    }
}
