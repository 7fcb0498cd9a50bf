package fabric

import (
	"sync"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
)

// queueLength is how many packets of a VPC may wait for its carrier; more are
// dropped, and TCP sends them again. A packet shares its bytes with the
// sender's buffer, so what waits costs little.
const queueLength = 4096

// maxPacket is the longest packet that a stack makes when the link says that
// it cuts packets to size itself; this link carries them whole.
const maxPacket = 65535

// link is the interface of a VPC's stack: what leaves the stack waits here for
// the VPC's carrier. Nothing is looked at or delivered while the stack writes,
// because then it holds locks of its own.
type link struct {
	mtu      uint32
	overflow func(packets int)

	mu         sync.Mutex // guards what follows
	dispatcher stack.NetworkDispatcher
	waiting    []parcel
	cut        bool
	wake       chan struct{} // holds a token while something waits, or after cut
}

var (
	_ stack.LinkEndpoint = (*link)(nil)
	_ stack.GSOEndpoint  = (*link)(nil)
)

// parcel is a packet on its way.
type parcel struct {
	packet   *stack.PacketBuffer
	protocol tcpip.NetworkProtocolNumber
	path     path
}

// path is from where to where a packet goes.
type path struct{ src, dst tcpip.Address }

func newLink(mtu int, overflow func(int)) *link {
	return &link{mtu: uint32(mtu), overflow: overflow, wake: make(chan struct{}, 1)}
}

// WritePackets takes what leaves the stack. The packets share the sender's
// bytes, which nobody writes again, and have headers to be read anew.
func (l *link) WritePackets(packets stack.PacketBufferList) (int, tcpip.Error) {
	lost := 0
	l.mu.Lock()
	for _, p := range packets.AsSlice() {
		if l.cut || len(l.waiting) >= queueLength {
			lost++
			continue
		}
		from := p.Network()
		l.waiting = append(l.waiting, parcel{
			packet:   stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: p.ToBuffer()}),
			protocol: p.NetworkProtocolNumber,
			path:     path{from.SourceAddress(), from.DestinationAddress()},
		})
	}
	cut := l.cut
	l.mu.Unlock()
	l.signal()
	if lost > 0 && !cut {
		l.overflow(lost)
	}
	return packets.Len(), nil
}

// take waits for packets and returns all that wait; spare is an empty list to
// fill next. It returns false once the link is cut.
func (l *link) take(spare []parcel) ([]parcel, bool) {
	<-l.wake
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut {
		return nil, false
	}
	taken := l.waiting
	l.waiting = spare
	return taken, true
}

// deliver gives a packet to the stack, as come from outside.
func (l *link) deliver(p parcel) {
	l.mu.Lock()
	d := l.dispatcher
	if l.cut {
		d = nil
	}
	l.mu.Unlock()
	if d != nil {
		d.DeliverNetworkPacket(p.protocol, p.packet)
	}
}

// sever ends the link in both directions.
func (l *link) sever() {
	l.mu.Lock()
	lost := l.waiting
	l.waiting, l.cut = nil, true
	l.mu.Unlock()
	l.signal()
	for _, p := range lost {
		p.packet.DecRef()
	}
}

func (l *link) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Attach gives the link its stack; nil when the stack takes the interface away.
func (l *link) Attach(d stack.NetworkDispatcher) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dispatcher = d
}

// IsAttached reports whether the link has a stack.
func (l *link) IsAttached() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dispatcher != nil
}

// Capabilities says that checksums are for wires.
func (*link) Capabilities() stack.LinkEndpointCapabilities {
	return stack.CapabilityRXChecksumOffload | stack.CapabilityTXChecksumOffload
}

// SupportedGSO says that the link takes packets longer than its MTU.
func (*link) SupportedGSO() stack.SupportedGSO { return stack.HostGSOSupported }

// GSOMaxSize is how long they may be.
func (*link) GSOMaxSize() uint32 { return maxPacket }

// The rest of stack.LinkEndpoint: there is no link header and no link address.

func (l *link) MTU() uint32                           { return l.mtu }
func (*link) SetMTU(uint32)                           {}
func (*link) MaxHeaderLength() uint16                 { return 0 }
func (*link) LinkAddress() tcpip.LinkAddress          { return "" }
func (*link) SetLinkAddress(tcpip.LinkAddress)        {}
func (*link) ARPHardwareType() header.ARPHardwareType { return header.ARPHardwareNone }
func (*link) AddHeader(*stack.PacketBuffer)           {}
func (*link) ParseHeader(*stack.PacketBuffer) bool    { return true }
func (*link) Wait()                                   {}
func (*link) Close()                                  {}
func (*link) SetOnCloseAction(func())                 {}
