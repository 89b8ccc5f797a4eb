package org.slotwarden.agent.send;

import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.send.PortalClient.PortalAway;
import org.slotwarden.agent.send.PortalClient.PortalRefused;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.NodeSample;
import org.slotwarden.wire.v1.ReportBatch;

/** Sends the portal a batch without reports: it takes that as it would take any, and stores nothing of it. */
public final class PortalCheck {

    /** The node's clock minus the portal's. */
    public record Clock(double offsetSeconds, double uncertaintySeconds) {}

    /**
     * What came of it.
     *
     * @param status of HTTP; 0: it did not come so far
     * @param trouble why it does not work; empty when it does
     * @param clock null when the portal does not tell its own
     */
    public record Result(
            int status, String trouble, @Nullable Clock clock) {
        public boolean works() {
            return trouble.isEmpty();
        }
    }

    private PortalCheck() {}

    /** Waits for the answer, or until it is clear that none comes: half a minute at most. */
    public static Result ask(Destination destination, String node, String version) {
        PortalClient portal = new PortalClient(destination.portal(), destination.tokenFile(), destination.caFile());
        ReportBatch batch = ReportBatch.newBuilder()
                .setContractVersion(WireContract.VERSION)
                .setNode(node)
                .setAgentVersion(version)
                .setSentAtMs(System.currentTimeMillis())
                .build();
        try {
            PortalClient.Answered answered = portal.post(batch.toByteArray());
            PortalClock clock = new PortalClock();
            clock.answered(answered.trip(), answered.answer().getAnsweredAtMs());
            NodeSample.Builder sample = NodeSample.newBuilder();
            clock.into(sample);
            return new Result(
                    200,
                    "",
                    sample.hasClockOffsetSeconds()
                            ? new Clock(sample.getClockOffsetSeconds(), sample.getClockUncertaintySeconds())
                            : null);
        } catch (PortalAway e) {
            return new Result(0, LogText.clean(String.valueOf(e.getMessage())), null);
        } catch (PortalRefused e) {
            String status = e.status == 0 ? "" : "HTTP " + e.status + " ";
            return new Result(e.status, LogText.clean(status + e.getMessage()), null);
        }
    }
}
