# Loads of the second corpus: `perl loads.pl NAME [NUMBER ...]`. None ends by itself.
use strict;
use warnings;
use IO::Handle;
use IO::Socket::INET;
use IO::Socket::UNIX;
use Socket;
use Time::HiRes qw(time sleep);

my $begin = time;
STDOUT->autoflush(1);
sub now { return time - $begin }

sub burn {
    my $end = time + $_[0];
    my $x = 1;
    while (time < $end) { $x = ($x * 1103515245 + 12345) % 2147483648 for 1 .. 3000 }
    return $x;
}

# A second of ordinary work: CPU (as if the core were 2.5 times as fast), a line, some bytes of results.
sub work {
    my ($busy, $bytes) = @_;
    burn(0.4 * $busy);
    printf "step at %.0f s\n", now();
    open my $out, '>>', 'results.txt' or die $!;
    print $out 'r' x ($bytes // 30_000);
    close $out;
    sleep(1 - 0.4 * $busy);
}

sub work_until { my ($until, $busy) = @_; work($busy // 0.25) while now() < $until }

sub megabytes { my $block = "\0" x int($_[0] * 1048576); substr($block, 4096 * $_, 1) = 'x' for 0 .. length($block) / 4096 - 1; return $block }

sub tell_progress {
    open my $out, '>', '.slotwarden-progress.new' or die $!;
    printf $out "%.4f\n", $_[0] > 1 ? 1 : $_[0];
    close $out;
    rename '.slotwarden-progress.new', '.slotwarden-progress';
}

my @held;
my %loads = (
    # It writes a mark into a file now and then, and waits for nothing that ever comes.
    heartbeat => sub {
        my ($onset, $pause) = @_;
        work_until($onset);
        while (1) {
            open my $out, '>', 'alive' or die $!;
            print $out now(), "\n";
            close $out;
            sleep $pause;
        }
    },
    # Lists in a hash that nobody empties.
    hash_leak => sub {
        my ($onset, $rate, $first) = @_;
        push @held, megabytes($first);
        work_until($onset);
        while (1) { push @held, megabytes($rate); work(0.2) }
    },
    steps_with_noise => sub {
        my ($onset, $rate, $noise) = @_;
        push @held, megabytes(40);
        my $seed = 7;
        while (1) {
            push @held, megabytes($rate) if now() > $onset;
            $seed = ($seed * 1103515245 + 12345) % 2147483648;
            my $short = megabytes(1 + $noise * $seed / 2147483648);
            work(0.2);
        }
    },
    cache_to_bound => sub {
        my ($bound, $share) = @_;
        my $have = 0;
        while (1) {
            my $more = ($bound - $have) * $share;
            if ($more > 0.3) { push @held, megabytes($more); $have += $more }
            work(0.4);
        }
    },
    rise_then_flat => sub {
        my ($from, $seconds, $rate) = @_;
        push @held, megabytes(60);
        while (1) {
            push @held, megabytes($rate) if now() > $from && now() < $from + $seconds;
            work(0.3);
        }
    },
    unix_sockets => sub {
        my ($onset, $each) = @_;
        work_until($onset, 0.2);
        while (1) {
            for (1 .. $each) { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die $!; push @held, $a, $b }
            work(0.15);
            work(0.15);
        }
    },
    pool_to_bound => sub {
        my ($bound, $pause) = @_;
        my $listen = IO::Socket::INET->new(Listen => 100, LocalAddr => '127.0.0.1', Proto => 'tcp') or die $!;
        my $last = 0;
        while (1) {
            if (@held < $bound && now() - $last > $pause) {
                push @held, IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $listen->sockport) or die $!;
                $last = now();
            }
            work(0.3);
        }
    },
    files_in_bursts => sub {
        my ($onset, $each, $pause) = @_;
        my $last = 0;
        while (1) {
            if (now() > $onset && now() - $last > $pause) {
                for (1 .. $each) { open my $in, '<', '/etc/passwd' or die $!; push @held, $in }
                $last = now();
            }
            work(0.2);
        }
    },
    zombies => sub {
        my ($onset, $pause) = @_;
        work_until($onset, 0.2);
        while (1) {
            my $pid = fork // die $!;
            exit 0 if $pid == 0;
            work(0.2) for 1 .. $pause;
        }
    },
    flood => sub {
        my ($onset, $size, $port) = @_;
        socket(my $out, PF_INET, SOCK_DGRAM, 0) or die $!;
        my $to = pack_sockaddr_in($port, inet_aton('10.9.9.2'));
        my $data = 'f' x $size;
        while (1) {
            if (now() < $onset) { send($out, $data, 0, $to) for 1 .. 20; work(0.2) }
            else { for (1 .. 100_000) { send($out, $data, 0, $to) } }
        }
    },
    # Much traffic, but within what one may have.
    stream => sub {
        my ($rate) = @_;
        socket(my $out, PF_INET, SOCK_DGRAM, 0) or die $!;
        my $to = pack_sockaddr_in(9, inet_aton('10.9.9.2'));
        my $data = 'f' x 1400;
        while (1) {
            my $next = time + 0.1;
            send($out, $data, 0, $to) for 1 .. $rate / 10 / 1400;
            print "sent\n" if rand() < 0.05;
            sleep($next - time) if $next > time;
        }
    },
    tiny_writes => sub {
        my ($onset, $size, $busy) = @_;
        work_until($onset);
        open my $out, '>', 'tiny.dat' or die $!;
        while (1) {
            syswrite $out, 't' x $size for 1 .. 5000;
            if (-s $out > 300_000_000) { truncate $out, 0; sysseek $out, 0, 0 }
            print "tiny\n" if rand() < 0.01;
        }
    },
    overrun_noisy => sub {
        my ($total, $noise) = @_;
        my $seed = 3;
        while (1) {
            $seed = ($seed * 1103515245 + 12345) % 2147483648;
            my $part = now() / $total + $noise * ($seed / 2147483648 - 0.5);
            tell_progress($part < 0 ? 0 : $part);
            work(0.3);
        }
    },
    progress_stops => sub {
        my ($total, $stop) = @_;
        while (1) { tell_progress((now() < $stop ? now() : $stop) / $total); work(0.35) }
    },
    progress_in_stairs => sub {
        my ($total, $stair) = @_;
        while (1) { tell_progress(int(now() / $stair) * $stair / $total); work(0.35) }
    },
    pauses => sub {
        my ($busy, $pause) = @_;
        while (1) { my $end = now() + $busy; work(0.3) while now() < $end; sleep $pause }
    },
    slow_and_steady => sub {
        my ($busy, $pause) = @_;
        while (1) { burn($busy); printf "beat at %.0f s\n", now() if int(now()) % 10 == 0; sleep $pause }
    },
    # Waits for one child after another, as workflow managers do.
    manager => sub {
        while (1) {
            for my $seconds (15, 25, 10) {
                my $pid = fork // die $!;
                if ($pid == 0) { my $end = now() + $seconds; work(0.5, 60_000) while now() < $end; exit 0 }
                waitpid $pid, 0;
                print "part done\n";
            }
        }
    },
    member => sub {
        my ($busy, $memory, $io, $from) = @_;
        push @held, megabytes(40);
        my $given = 0;
        while (1) {
            if (now() > ($from // 5) && !$given) { push @held, megabytes($memory); $given = 1 }
            my $on = now() > ($from // 5);
            work($on ? $busy : 0.2, $on ? $io * 1024 : 40_000);
            if (-s 'results.txt' > 150_000_000) { unlink 'results.txt' }
        }
    },
    near_limit => sub {
        my ($onset, $first, $then) = @_;
        push @held, megabytes($first);
        work_until($onset);
        push @held, megabytes($then);
        work(0.3) while 1;
    },
);

my ($name, @numbers) = @ARGV;
($loads{$name // ''} or die "no load $name\n")->(@numbers);
