{{- define "nested.container" -}}
- name: {{ .container.name }}
  image: {{ include "nested.image" (dict "name" .container.name "root" .root) }}
  {{- with .container.ports }}
  ports:
    {{- range . }}
    - containerPort: {{ . }}
      name: {{ printf "%s-%v" $.container.name . }}
    {{- end }}
  {{- end }}
  {{- include "nested.env" (dict "env" .container.env "release" $.root.Release.Name) | nindent 2 }}
{{- end }}

{{- define "nested.image" -}}
{{ .root.Values.registry | default "docker.io" }}/{{ .name }}:{{ .root.Chart.AppVersion }}
{{- end }}

{{- define "nested.env" -}}
env:
  - {name: RELEASE, value: {{ .release }}}
  {{- range $k, $v := .env }}
  - {name: {{ $k }}, value: {{ $v | quote }}}
  {{- end }}
{{- end }}
