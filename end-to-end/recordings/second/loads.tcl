# Loads of the second corpus: `tclsh loads.tcl NAME NUMBERS`. None ends by itself.
set begin [clock milliseconds]
proc now {} { expr {([clock milliseconds] - $::begin) / 1000.0} }
proc burn {seconds} {
    set end [expr {[clock milliseconds] + $seconds * 1000}]
    while {[clock milliseconds] < $end} { for {set i 0} {$i < 500} {incr i} { set x [expr {$i * $i}] } }
}
proc work {busy} {
    burn [expr {0.4 * $busy}]
    puts "turn [now]"
    flush stdout
    set out [open results.txt a]
    puts $out [string repeat t 25000]
    close $out
}
# Turns of an event loop until the onset; then the loop only ticks.
proc ticks {onset} {
    if {[now] < $onset} { work 0.25; after 700 ticks $onset } else { after 400 tick }
}
proc tick {} { after 400 tick }
proc leak {onset rate} {
    work 0.2
    if {[now] > $onset} { lappend ::held [string repeat "x[now]" [expr {int($rate * 1048576 / [string length x[now]])}]] }
    after 700 leak $onset $rate
}
proc lines {onset} {
    if {[now] < $onset} { work 0.25; after 700 lines $onset; return }
    set out [open lines.dat a]
    fconfigure $out -buffering none -translation binary
    for {set i 0} {$i < 4000} {incr i} { puts -nonewline $out "value $i of many\n" }
    close $out
    if {[file size lines.dat] > 100000000} { file delete lines.dat }
    after 1 lines $onset
}
eval $argv
vwait forever
