package dev.foretoken.gateway.remote;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;

/**
 * The threads of somebody's connections, for others' connections too: where both ends of a stream are of one thread, what comes in by one goes out
 * by the other at once. Whoever has made them ends them.
 *
 * @param channels makes what these threads can move
 */
public record EventLoops(EventLoopGroup threads, ChannelFactory<? extends Channel> channels) {}
