package org.slotwarden.portal.notice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookAddressesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.9.9.9",
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "192.0.0.8",
                "198.18.0.1",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::127.0.0.1",
                "fe80::1",
                "fec0::1",
                "fc00::1",
                "fd12:3456::1",
                "ff02::1",
                "64:ff9b::7f00:1",
                "2002:7f00:1::1",
                "2001::1"
            })
    void whatIsNotPublicIsRefused_unlessItsHostIsNamed(String address) throws UnknownHostException {
        assertThat(WebhookAddresses.mayBePublic(InetAddress.getByName(address))).isFalse();
        assertThatThrownBy(() -> new WebhookAddresses(Set.of("other")).resolve(address))
                .isInstanceOf(WebhookAddresses.NotAllowed.class)
                .hasMessageContaining("not a public address");
        assertThat(new WebhookAddresses(Set.of(address)).resolve(address)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"8.8.8.8", "172.32.0.1", "100.128.0.1", "198.20.0.1", "192.0.1.1", "2a00:1450::1", "2001:db9::1"
            })
    void whatIsPublicIsNot(String address) throws UnknownHostException {
        assertThat(WebhookAddresses.mayBePublic(InetAddress.getByName(address))).isTrue();
    }

    @Test
    void aNameIsAsGoodAsItsAddresses() {
        assertThatThrownBy(() -> new WebhookAddresses(Set.of()).resolve("localhost"))
                .isInstanceOf(WebhookAddresses.NotAllowed.class);
    }
}
