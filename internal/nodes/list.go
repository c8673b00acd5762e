package nodes

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"regexp"
	"strconv"

	"infomorph/internal/config"
	"infomorph/internal/guard"
)

// List is the content of nodes.yaml: the machines of a run.
type List struct {
	Coordinator  string `yaml:"coordinator" doc:"Address of the machine that gives the orders, as the nodes reach it: HOST, where any port will do, or HOST:PORT." default:"127.0.0.1"`
	Certificates string `yaml:"certificates" doc:"Folder with ca.crt, coordinator.crt and coordinator.key, relative to this file. Without it nothing is encrypted, and all addresses must be of loopback." default:""`
	Copies       bool   `yaml:"copies" doc:"Keep copies of all parts of a checkpoint in the result folder, too, so that a run goes on without a machine that is lost." default:"true"`
	Nodes        []Node `yaml:"nodes" doc:"The machines." required:"true" minItems:"1" maxItems:"1000"`

	folder string
}

// Node is one machine, or one process on it.
type Node struct {
	Name    string  `yaml:"name" doc:"Name in its certificate, in logs and in messages." required:"true" example:"node1"`
	Address string  `yaml:"address" doc:"HOST:PORT that it listens at." required:"true" example:"10.0.0.2:7001"`
	Share   float64 `yaml:"share" doc:"Its share of the synapses, against that of the others." default:"1" min:"0.001" max:"1000"`
}

const maxList = 1 << 20

// Read reads a list of nodes. Errors have file, line and key.
func Read(file string) (*List, error) {
	text, err := guard.ReadFile(file, maxList)
	if err != nil {
		return nil, err
	}
	l := &List{folder: filepath.Dir(file)}
	return l, config.Decode(file, text, l)
}

// coordinatorName is the name of the coordinator in its certificate; see
// package actors/remote.
const coordinatorName = "coordinator"

var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// Validate implements config.Validator.
func (l *List) Validate() error {
	var errs []error
	if _, _, err := l.coordinator(); err != nil {
		errs = append(errs, config.FieldError("coordinator", l.Coordinator, "HOST or HOST:PORT", ""))
	}
	names, addresses := map[string]int{}, map[string]int{}
	for i, n := range l.Nodes {
		key := fmt.Sprintf("nodes[%d]", i)
		if !validName.MatchString(n.Name) || n.Name == coordinatorName {
			errs = append(errs, config.FieldError(key+".name", n.Name, "letters, digits, dots, - and _", "coordinator is the name of the machine that gives the orders"))
		}
		if _, port, err := splitPort(n.Address); err != nil || port == 0 {
			errs = append(errs, config.FieldError(key+".address", n.Address, "HOST:PORT", ""))
		}
		if k, ok := names[n.Name]; ok {
			errs = append(errs, config.FieldProblem(key+".name", fmt.Sprintf("%s is the name of nodes[%d], too", n.Name, k), ""))
		}
		if k, ok := addresses[n.Address]; ok {
			errs = append(errs, config.FieldProblem(key+".address", fmt.Sprintf("%s is the address of nodes[%d], too", n.Address, k), "two nodes on one machine need two ports"))
		}
		names[n.Name], addresses[n.Address] = i, i
	}
	return errors.Join(errs...)
}

func splitPort(address string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, err
	}
	port, err = strconv.Atoi(text)
	if err != nil || port < 0 || port > 65535 || host == "" {
		return "", 0, fmt.Errorf("%q is no HOST:PORT", address)
	}
	return host, port, nil
}

// coordinator returns host and port of the coordinator, 0 for any port.
func (l *List) coordinator() (host string, port int, err error) {
	if host, port, err = splitPort(l.Coordinator); err == nil {
		return host, port, nil
	}
	if ip := net.ParseIP(l.Coordinator); ip != nil || validHost.MatchString(l.Coordinator) {
		return l.Coordinator, 0, nil
	}
	return "", 0, err
}

var validHost = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]*$`)

// Listen returns the address that the coordinator listens at.
func (l *List) Listen() string {
	host, port, _ := l.coordinator() // Validate has checked it
	return net.JoinHostPort(host, strconv.Itoa(port))
}

// Host returns the host of the coordinator.
func (l *List) Host() string {
	host, _, _ := l.coordinator()
	return host
}

// File returns the path of a file in the folder of certificates, "" if there is
// no folder.
func (l *List) File(name string) string {
	if l.Certificates == "" {
		return ""
	}
	if filepath.IsAbs(l.Certificates) {
		return filepath.Join(l.Certificates, name)
	}
	return filepath.Join(l.folder, l.Certificates, name)
}
